import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { inTurns } from '#base';
import { VisiblePieces, visible, visibleSteps } from './visible-text.js';

const UNSEEN: [string, string][] = [
  ['\0', String.raw`\u0000`],
  ['\x1b[31mred\x1b[0m', String.raw`\u001b[31mred\u001b[0m`],
  ['a\rb', String.raw`a\u000db`],
  ['\x7f\x9b', String.raw`\u007f\u009b`],
  ['a\u200bb\u2060c\ufeff', String.raw`a\u200bb\u2060c\ufeff`],
  ['\u202egnp.\u2066x\u2069\u061c', String.raw`\u202egnp.\u2066x\u2069\u061c`],
  ['\u{e0041}\u{e007f}', String.raw`\udb40\udc41\udb40\udc7f`],
];

describe(visible, () => {
  it.each(UNSEEN)('shows %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each(['', 'plain\ttext\n', 'Größe, 大きさ, 😀', '\u{10ffff}\u{e1000}', 'C:\\u202e'])(
    'leaves %j as it is',
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );

  it('ends lines as all do', () => {
    expect(visible('one\r\ntwo\r\n')).toBe('one\ntwo\n');
  });

  it.each(UNSEEN)('keeps JSON valid with %j', (text) => {
    for (const value of [text, `\\${text}`, `"${text}`]) {
      // What JSON.stringify leaves raw, and what it escapes.
      const raw = JSON.stringify({ [value]: value });
      expect(JSON.parse(visible(raw))).toEqual(JSON.parse(raw));
    }
  });

  it('takes 16 MB without holding the event loop', async () => {
    const clean = 'a line of text, as logs have it\n'.repeat(524_288);
    const dirty = '\x1b\u202e'.repeat(8 * 1024 * 1024);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    expect(await inTurns(visibleSteps(clean))).toBe(clean);
    const shown = await inTurns(visibleSteps(dirty));
    delay.disable();
    expect(shown.length).toBe(6 * dirty.length);
    expect(delay.max / 1e6).toBeLessThan(400);
  });
});

describe(VisiblePieces, () => {
  it.each([
    'one\r\ntwo\rthree',
    '\u{e0041}\u{e0042}text\r',
    ...UNSEEN.map(([text]) => text.repeat(3)),
  ])('gives the same for %j in pieces of any size', (text) => {
    for (const size of [1, 2, 3]) {
      const pieces = new VisiblePieces();
      let shown = '';
      for (let at = 0; at < text.length; at += size)
        shown += pieces.push(text.slice(at, at + size));
      expect(shown + pieces.end()).toBe(visible(text));
    }
  });
});
