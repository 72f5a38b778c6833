import { ToolError } from '#tools';
import type { DownloadRun } from './download-run.js';

/** How the proxy answers what it does not connect. */
export interface ProxyFailure {
  status: number;
  /** What the program prints of the answer. */
  reason: string;
}

const STATUS: Partial<Record<ToolError['code'], number>> = { forbidden: 403, invalid_input: 400 };

/** The answer for an error, which the run keeps so that its caller gets it whole. */
export function failureOf(error: unknown, run: DownloadRun): ProxyFailure {
  const failure =
    error instanceof ToolError
      ? error
      : new ToolError('upstream', 'A download was broken off.', { cause: error });
  if (!run.signal.aborted) run.failures.push(failure);
  // A status line has printable characters only.
  const reason = failure.message.replace(/[^\x20-\x7e]/g, '?');
  return { status: STATUS[failure.code] ?? 502, reason };
}
