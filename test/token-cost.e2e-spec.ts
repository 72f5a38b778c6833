import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { useServer } from './support/use-server.js';
import { EVERYDAY_ANSWERS } from './token-cost/everyday-answers.js';
import { measureAnswers, type MeasuredAnswer } from './token-cost/measure-answers.js';
import { thousands } from './support/thousands.js';

const server = useServer();

describe('twenty everyday answers', () => {
  let measured: MeasuredAnswer[];

  beforeAll(async () => {
    measured = await measureAnswers(server.url, (args) => kubectl(...args));
  });

  it.each(EVERYDAY_ANSWERS.map(({ what, maxBytes }, index) => ({ what, maxBytes, index })))(
    '$what: at most $maxBytes bytes',
    ({ maxBytes, index }) => {
      const { bytes, text } = measured[index]!;
      expect(bytes, text).toBeLessThanOrEqual(maxBytes);
    },
  );

  it('stand in docs/token-cost.md with their limits', () => {
    const rows = readFileSync('docs/token-cost.md', 'utf8').matchAll(
      /^\| (.+?) +\| `(\w+)` +\| +[\d,]+ +\| +([\d,]+) +\|$/gm,
    );
    expect([...rows].map(([, ...cells]) => cells)).toEqual(
      EVERYDAY_ANSWERS.map(({ what, tool, maxBytes }) => [what, tool, thousands(maxBytes)]),
    );
  });
});
