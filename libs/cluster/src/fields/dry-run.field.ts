import { Injectable, type Type } from '@nestjs/common';
import { BooleanField, SharedField } from '#tools';

class DryRunDto {
  @BooleanField({
    description:
      'Change nothing: let the API server work the change out, and show it as a diff of the live object against the result.',
    obvious: true,
    default: false,
  })
  dry_run!: boolean;
}

/** The parameter `dry_run` of every tool that writes. */
@Injectable()
export class DryRunField extends SharedField {
  input(): Type<object> {
    return DryRunDto;
  }
}

/** Whether a call asks for a dry run. */
export function isDryRun({ shared }: { shared: Readonly<Record<string, unknown>> }): boolean {
  return shared['dry_run'] === true;
}
