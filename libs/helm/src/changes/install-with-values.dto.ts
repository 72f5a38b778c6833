import { ValuesField } from '../releases/release.fields.js';
import { InstallDto } from './install.dto.js';

export class InstallWithValuesDto extends InstallDto {
  @ValuesField({ optional: false })
  values!: string;
}
