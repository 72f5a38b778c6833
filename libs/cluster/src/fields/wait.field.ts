import { Injectable, type Type } from '@nestjs/common';
import { IntField, invalidField, SharedField, type ToolCall } from '#tools';
import { isDryRun } from './dry-run.field.js';

const MAX_SECONDS = 600;

class WaitSecondsDto {
  @IntField({
    description:
      'Seconds to wait for the rollout once the change is made. The answer then also says where the rollout stands and, if it is not finished, why. Left out, or 0: do not wait.',
    obvious: true,
    min: 0,
    max: MAX_SECONDS,
    optional: true,
  })
  wait_seconds?: number;
}

/** The parameter `wait_seconds` of the tools whose change may start a rollout. */
@Injectable()
export class WaitField extends SharedField {
  input(): Type<object> {
    return WaitSecondsDto;
  }

  override waitSeconds(shared: ToolCall['shared']): number {
    return isDryRun({ shared }) ? 0 : secondsOf(shared);
  }
}

/**
 * Seconds for which a call asks to wait after its change.
 * @throws ToolError `invalid_input` for a dry run, which changes nothing to wait for
 */
export function waitSecondsOf({ shared }: Pick<ToolCall, 'shared'>): number {
  const seconds = secondsOf(shared);
  if (seconds > 0 && isDryRun({ shared })) {
    throw invalidField(
      'wait_seconds',
      'has no meaning with dry_run, which changes nothing to wait for. Leave one of them out',
      { accepts: '0 with dry_run' },
    );
  }
  return seconds;
}

function secondsOf(shared: ToolCall['shared']): number {
  return Number(shared['wait_seconds'] ?? 0);
}
