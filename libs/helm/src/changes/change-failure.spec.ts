import { describe, expect, it } from 'vitest';
import { changeFailure } from './change-failure.js';

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
