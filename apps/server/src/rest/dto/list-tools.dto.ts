import { ASKED_OUTPUT_CHARS, BooleanField, DNS_LABEL, IntField, TextField } from '#tools';

/** What the answer may have in place of `MAX_OUTPUT_CHARS`. */
export function MaxOutputCharsField(): PropertyDecorator {
  return IntField({
    description: 'Characters that the answer may have; the setting MAX_OUTPUT_CHARS unless given.',
    optional: true,
    ...ASKED_OUTPUT_CHARS,
  });
}

/** Which tools to list. A tool must match all filters. */
export class ListToolsDto {
  @TextField({ description: 'Only tools of this category.', format: DNS_LABEL, optional: true })
  category?: string;

  @TextField({ description: 'Only tools with this tag.', format: DNS_LABEL, optional: true })
  tag?: string;

  @BooleanField({
    description:
      'true: only tools that change nothing. false: only tools that may change something.',
    optional: true,
  })
  read_only?: boolean;

  @TextField({
    description: 'Only tools with this text in their name, title or description.',
    format: 'free',
    optional: true,
    maxLength: 200,
  })
  q?: string;
}

/** The query parameters of the execute route. The body has the parameters of the tool. */
export class ExecuteQueryDto {
  @BooleanField({
    description: 'Adds structured data to the answer, if the tool has it.',
    default: false,
  })
  data!: boolean;

  @IntField({
    description: 'Seconds that the call may run, if that is less than the limit of the tool.',
    optional: true,
    min: 1,
  })
  time_limit_seconds?: number;

  @MaxOutputCharsField()
  max_output_chars?: number;
}
