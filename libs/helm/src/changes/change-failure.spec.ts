import { describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { changeFailure, explainedFailure } from './change-failure.js';

describe(changeFailure.name, () => {
  it.each([
    [
      'cannot patch "web" with kind Deployment:  "" is invalid: patch: Invalid value: "{\\"a\\":\\"x: \\\\\\"y\\"}": json: cannot unmarshal bool',
      'cannot patch "web" with kind Deployment:  "" is invalid: json: cannot unmarshal bool',
    ],
    [
      'failed (app/web; /v1, Kind=Secret): .stringData.pin: expected string, got &value.valueUnstructured{Value:two words}\nHelp',
      'failed (app/web; /v1, Kind=Secret): .stringData.pin: expected string\nHelp',
    ],
    ['Deployment "web" is invalid: immutable', 'Deployment "web" is invalid: immutable'],
    [
      'Apply failed with 1 conflict: conflict with "kubectl"',
      'Apply failed with 1 conflict: conflict with "kubectl"\nSet force_conflicts to take these fields over.',
    ],
  ])('shows %s without the object, with what to do', (message, shown) => {
    expect(changeFailure(message)).toBe(shown);
  });
});

describe(explainedFailure.name, () => {
  it('keeps all but the message of the failure', () => {
    const facts = {
      retryable: true,
      retryAfterSeconds: 7,
      output: 'NOTES',
      errors: [{ field: 'values', message: 'is not YAML' }],
      isOutcomeUnknown: true,
    };
    const failure = new ToolError('busy', 'Too many requests', facts);
    const explained = explainedFailure(failure, ['Not ready: pod web', 'Use helm_rollback.']);
    expect(explained).toMatchObject({ code: 'busy', ...facts, cause: failure });
    expect(explained.message).toBe('Too many requests\nNot ready: pod web\nUse helm_rollback.');
  });
});
