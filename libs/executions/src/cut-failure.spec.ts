import { describe, expect, it } from 'vitest';
import { cutFailure, failureSize, keptOutput } from './cut-failure.js';

const READ_ON = (next: number) => `Read on from ${next}.`;
const LONG = `The cause.\n${'more of the message\n'.repeat(2_000)}`;
const FIELDS = Array.from({ length: 400 }, (_, at) => ({
  field: `field_${at}`,
  message: 'is not known',
}));

describe(cutFailure, () => {
  it('leaves what is short enough', () => {
    const failure = { message: 'No.', errors: FIELDS.slice(0, 2), output: 'out' };
    expect(cutFailure(failure, 10_000)).toBe(failure);
  });

  it.each([
    ['a long message', { message: LONG }],
    ['a long output', { message: 'No.', output: LONG }],
    ['many errors', { message: 'No.', errors: FIELDS }],
    ['all of them', { message: LONG, errors: FIELDS, output: LONG.repeat(10) }],
    ['one long line', { message: 'x'.repeat(50_000), output: 'y'.repeat(50_000) }],
  ])('has all parts within the limit with %s', (_, failure) => {
    for (const maxChars of [1_000, 10_000]) {
      const shown = cutFailure(failure, maxChars, READ_ON);
      expect(failureSize(shown)).toBeLessThanOrEqual(maxChars);
      expect(failureSize(shown)).toBeGreaterThan(maxChars / 3);
      expect(shown.message.slice(0, 3)).toBe(failure.message.slice(0, 3));
    }
  });

  it('says how much is left out, and where the rest is', () => {
    const { message, output } = cutFailure({ message: 'No.', output: LONG }, 2_000, READ_ON);
    expect(message).toBe('No.');
    expect(output).toMatch(/\[The output was cut after \d+ of 40011 .* Read on from \d+\.\]$/);
    const fields = cutFailure({ message: 'No.', errors: FIELDS }, 2_000);
    expect(fields.message).toBe(
      `No.\n[${FIELDS.length - fields.errors!.length} more of the errors of parameters are left out.]`,
    );
  });

  it('reads on in the whole failure, where that is kept as its output', () => {
    const failure = { message: LONG, errors: FIELDS, output: 'out' };
    const whole = keptOutput(failure, 10_000)!;
    expect(whole).toBe(
      `${LONG}\n\n${FIELDS.map(({ field }) => `${field}: is not known`).join('\n')}\n\nOutput before the failure:\nout`,
    );
    const shown = cutFailure({ ...failure, output: whole }, 10_000, READ_ON);
    const [, next] = /Read on from (\d+)/.exec(shown.message) ?? [];
    const [piece] = shown.message.split('\n[');
    expect(whole.slice(0, Number(next))).toBe(`${piece}\n`);
    expect(shown.output).toBeUndefined();
  });
});

describe(keptOutput, () => {
  it('is the output where the rest fits', () => {
    expect(keptOutput({ message: 'No.', output: LONG }, 1_000)).toBe(LONG);
    expect(keptOutput({ message: 'No.' }, 1_000)).toBeUndefined();
  });
});
