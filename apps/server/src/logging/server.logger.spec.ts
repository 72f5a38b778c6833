import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const SOURCES = globSync('{apps/server,libs/*}/src/**/*.ts').filter(
  (path) => !path.endsWith('.spec.ts'),
);

/** An object that is logged, from its brace to its first key. */
const LOGGED_OBJECT = /\blogger\.(?:log|warn|error|fatal)\(\{\s*(\w+)/g;

describe('a logged object', () => {
  const keys = SOURCES.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(LOGGED_OBJECT)].map(([, key]) => ({ path, key })),
  );

  it('begins with its message, under the key that the log has for it', () => {
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.filter(({ key }) => key !== 'msg')).toEqual([]);
  });
});
