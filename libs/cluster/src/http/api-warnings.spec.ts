import { describe, expect, it } from 'vitest';
import { collectWarnings, noteWarnings, warningTexts } from './api-warnings.js';

describe(warningTexts.name, () => {
  it.each([
    ['299 - "one"', ['one']],
    ['299 - "one", 299 kube-apiserver "two"', ['one', 'two']],
    [
      ['299 - "one, 299"', '299 - "two"'],
      ['one, 299', 'two'],
    ],
    [String.raw`299 - "use \"a\\b\" instead"`, [String.raw`use "a\b" instead`]],
    ['199 - "not of the API server"', []],
    ['nonsense', []],
  ])('reads %j', (header, texts) => {
    expect(warningTexts(header)).toEqual(texts);
  });
});

describe(collectWarnings.name, () => {
  it('gives each warning once, to the one whose request it answers', async () => {
    const one = collectWarnings(async () => {
      await Promise.resolve();
      noteWarnings({ warning: '299 - "one"' });
      await Promise.resolve();
      noteWarnings({ warning: ['299 - "two"', '299 - "one"'] });
      noteWarnings({});
      return 1;
    });
    const other = collectWarnings(async () => {
      noteWarnings({ warning: '299 - "other"' });
      return 2;
    });
    expect(await one).toEqual({ result: 1, warnings: ['one', 'two'] });
    expect(await other).toEqual({ result: 2, warnings: ['other'] });
    noteWarnings({ warning: '299 - "nobody asked"' });
  });
});
