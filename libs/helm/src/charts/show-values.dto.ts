import { ChartField, ChartVersionField } from '../releases/release.fields.js';

export class ShowValuesDto {
  @ChartField()
  chart!: string;

  @ChartVersionField()
  version?: string;
}
