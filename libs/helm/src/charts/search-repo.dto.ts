import { IntField, TextField } from '#tools';
import { CHART_VERSION, KEYWORDS } from '../helm.formats.js';

export class SearchRepoDto {
  @TextField({
    description: 'Words to look for in names, keywords and descriptions of charts. "": all charts.',
    obvious: true,
    format: KEYWORDS,
  })
  keyword!: string;

  @TextField({
    description:
      'Only chart versions that fit, such as "1.2.3", "^2.0.0" or ">0.0.0-0", which also has pre-releases.',
    obvious: true,
    format: CHART_VERSION,
    optional: true,
  })
  version?: string;

  @IntField({
    description: 'Maximum width of a column in characters; longer texts are cut. 0: no limit.',
    obvious: true,
    min: 0,
    max: 1_000,
    default: 50,
  })
  max_col_width!: number;
}
