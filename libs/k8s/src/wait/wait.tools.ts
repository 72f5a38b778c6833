import { setTimeout as sleep } from 'node:timers/promises';
import { Tool, ToolProvider, type ToolCall } from '#tools';
import { WaitDto } from './wait.dto.js';
import { K8S } from '../k8s.category.js';

const SECOND_MS = 1_000;

/** The tool that waits. */
@ToolProvider({ ...K8S, sharedFields: [] })
export class WaitTools {
  @Tool({
    name: 'wait_for_x_seconds',
    title: 'Wait for Specified Duration',
    description: 'Waits, where no tool such as k8s_rollout_status does.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    place: 'wait',
    isTimed: true,
    example: { seconds: 1 },
    timeLimitSeconds: ({ seconds }: WaitDto) => seconds + 5,
  })
  async waitForXSeconds({ seconds }: WaitDto, { signal, progress }: ToolCall): Promise<string> {
    const until = performance.now() + seconds * SECOND_MS;
    for (let passed = 0; passed < seconds; passed++) {
      progress({ progress: passed, total: seconds, message: `${seconds - passed} s left` });
      // Measured from the start, so that late timers do not add up.
      const left = until - performance.now() - (seconds - passed - 1) * SECOND_MS;
      await sleep(Math.max(0, left), undefined, { signal });
    }
    return `Waited for ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
  }
}
