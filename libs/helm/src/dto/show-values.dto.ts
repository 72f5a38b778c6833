import { ChartField, ChartVersionField } from './release.fields.js';

export class ShowValuesDto {
  @ChartField()
  chart!: string;

  @ChartVersionField()
  version?: string;
}
