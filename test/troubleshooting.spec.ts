import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Of Node.js and of clients. */
const NOT_OURS = /EADDRINUSE|^MCP error|^Request '/;
/** Shorter pieces would be found anywhere. */
const MIN_CHARS = 6;

/** The sources, in which texts over several lines are one, and values are left out. */
const sources = globSync(['apps/server/src/**/*.ts', 'libs/*/src/**/*.ts', 'bin/*.js'])
  .filter((file) => !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
  .replaceAll(/['`"] \+\s*['`"]/g, '')
  .replaceAll(/\$\{[^}]*\}/g, '…');

/** The first cells of the tables that hold a message. */
const messages = [
  ...readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^\| (?:\d+ )?`([^`]+)`/gm),
].map(([, message = '']) => message);

describe('the messages in docs/troubleshooting.md', () => {
  it.each(messages.filter((message) => !NOT_OURS.test(message)))(
    'are in the sources: %s',
    (text) => {
      const pieces = text.split('…').map((piece) => piece.trim());
      const long = pieces.filter(({ length }) => length >= MIN_CHARS);
      expect(long).not.toEqual([]);
      expect(long.filter((piece) => !sources.includes(piece))).toEqual([]);
    },
  );
});
