import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.js';

const bytes = (text: string) => Buffer.from(text);

describe(LineSplitter.name, () => {
  it('joins what comes in pieces, characters too', () => {
    const splitter = new LineSplitter(100);
    const whole = bytes('one\ntw\u00f6\n\nthree');
    const lines = [...whole].flatMap((_, index) => splitter.take(whole.subarray(index, index + 1)));
    expect([...lines, ...splitter.rest()]).toEqual(['one', 'tw\u00f6', '', 'three']);
  });

  it('has no rest after a line end', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.take(bytes('a\nb\n'))).toEqual(['a', 'b']);
    expect(splitter.rest()).toEqual([]);
  });

  it('cuts a line that is too long, and says by how much', () => {
    const splitter = new LineSplitter(3);
    expect(splitter.take(bytes('abcd\nab'))).toEqual(['abc...[1 more characters]']);
    expect(splitter.take(bytes('c\n12345678'))).toEqual(['abc']);
    expect(splitter.rest()).toEqual(['123...[5 more characters]']);
  });

  it('takes a line of any length in linear time', () => {
    const splitter = new LineSplitter(1_000);
    const chunk = Buffer.alloc(65_536, 'x');
    const startedAt = performance.now();
    for (let index = 0; index < 1_000; index++) splitter.take(chunk);
    expect(splitter.rest()[0]).toContain('[65535000 more characters]');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
