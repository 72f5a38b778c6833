import { describe, expect, it } from 'vitest';
import { EventParser } from './server-sent-events.js';

/** The events of a text that comes in pieces. */
const parse = (...pieces: string[]) => {
  const parser = new EventParser();
  return pieces.flatMap((piece) => [...parser.take(piece)]);
};

const TWO =
  'id: 1\nevent: output\ndata: {"a":1}\n\n: keepalive\n\nid: 2\nevent: result\ndata: b\n\n';
const EVENTS = [
  { id: '1', event: 'output', data: '{"a":1}' },
  { id: '2', event: 'result', data: 'b' },
];

describe(EventParser.name, () => {
  it('reads events, and passes over comments', () => {
    expect(parse(TWO)).toEqual(EVENTS);
  });

  it('reads them wherever they are cut', () => {
    for (const text of [TWO, TWO.replaceAll('\n', '\r\n'), TWO.replaceAll('\n', '\r')]) {
      expect(parse(...text.split(''))).toEqual(EVENTS);
      for (let at = 0; at < text.length; at += 1) {
        expect(parse(text.slice(0, at), text.slice(at))).toEqual(EVENTS);
      }
    }
  });

  it('joins the lines of data, and takes one space away', () => {
    expect(parse('data:  a\ndata\ndata:b:c\n\n')).toEqual([
      { id: undefined, event: 'message', data: ' a\n\nb:c' },
    ]);
  });

  it('knows no event without data or without its end', () => {
    expect(parse('event: x\n\n', 'data: cut')).toEqual([]);
  });
});
