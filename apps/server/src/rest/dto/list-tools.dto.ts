import { BooleanField, DNS_LABEL, IntField, TextField } from '#tools';

/** Which tools to list; all that is given must hold. */
export class ListToolsDto {
  @TextField({ description: 'Only tools of this category.', format: DNS_LABEL, optional: true })
  category?: string;

  @TextField({ description: 'Only tools with this tag.', format: DNS_LABEL, optional: true })
  tag?: string;

  @BooleanField({
    description: 'Only tools that change nothing (true), or only others (false).',
    optional: true,
  })
  read_only?: boolean;

  @TextField({
    description: 'Only tools with this text in name, title or description.',
    format: 'free',
    optional: true,
    maxLength: 200,
  })
  q?: string;
}

/** What the execute route takes beside the tool's parameters. */
export class ExecuteQueryDto {
  @BooleanField({
    description: 'Answer with structured data too, where the tool has them.',
    default: false,
  })
  data!: boolean;

  @IntField({
    description: 'Seconds that the call may run, where that is less than the limit of its tool.',
    optional: true,
    min: 1,
  })
  time_limit_seconds?: number;
}
