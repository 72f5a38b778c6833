import { counter } from '#telemetry';
import { ToolError } from '#tools';

const DECISIONS = counter({
  name: 'skyflo.gate.decisions',
  description:
    'Requests to API servers that the gate let pass (allowed), refused, or could not decide on (failed), by what they do.',
  unit: '{request}',
  labels: ['decision', 'effect'],
});

/** Counts a request that may be made. */
export function countAllowed(effect: string): void {
  DECISIONS.add(1, 'allowed', effect);
}

/**
 * Counts a request that is not made.
 * @param effect undefined for one that cannot be read
 */
export function countRefused(error: unknown, effect = 'unknown'): void {
  const isRefused =
    error instanceof ToolError &&
    ['forbidden', 'invalid_input', 'precondition'].includes(error.code);
  DECISIONS.add(1, isRefused ? 'refused' : 'failed', effect);
}
