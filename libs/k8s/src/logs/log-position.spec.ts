import { describe, expect, it } from 'vitest';
import { LogPosition } from './log-position.js';

const T = '2026-01-01T00:00:';

/** A log as the API server gives it again from some second on. */
function from(log: readonly string[], since = ''): string[] {
  return log.filter((line) => line.slice(0, 19) >= since.slice(0, 19));
}

describe(LogPosition.name, () => {
  it('gives lines without their times, of any number of decimal places and any zone', () => {
    const position = new LogPosition();
    expect(
      position.take([
        `${T}01Z one`,
        `${T}01.123456789Z two`,
        '2026-01-01T02:00:02.5+02:00 three',
        `${T}03.000000000Z `,
        'a line without a time',
      ]),
    ).toEqual(['one', 'two', 'three', '', 'a line without a time']);
    expect(position.since).toBe('2026-01-01T00:00:02.000Z');
  });

  it('knows nothing before the first line', () => {
    const position = new LogPosition();
    expect(position.since).toBeUndefined();
    position.resume();
    expect(position.take([`${T}01Z one`])).toEqual(['one']);
  });

  it.each([
    ['many of one second', ['10.1Z a', '10.2Z b', '10.3Z c', '10.4Z d']],
    ['many of one time', ['10.1Z a', '10.1Z b', '10.1Z c', '10.1Z d']],
    ['many of one time that say the same', ['10.1Z a', '10.1Z a', '10.1Z a', '10.1Z a']],
    ['times that go back within a second', ['10.5Z a', '10.4Z b', '10.6Z c', '10.55Z d']],
    ['times that go back over a second', ['10.99Z a', '11.01Z b', '10.995Z c', '11.02Z d']],
    ['times that differ in nanoseconds', ['10.000000001Z a', '10.000000002Z b', '10.000000003Z c']],
    ['no decimal places', ['10Z a', '10Z b', '11Z c', '12Z d']],
  ])('goes on after a break at any line: %s', (_, ends) => {
    const log = ends.map((end) => `${T}${end}`);
    const texts = log.map((line) => line.slice(line.indexOf(' ') + 1));
    for (let first = 1; first <= log.length; first++) {
      for (let second = first; second <= log.length; second++) {
        const position = new LogPosition();
        const read = position.take(log.slice(0, first));
        for (const end of [second, log.length]) {
          const { since } = position;
          position.resume();
          read.push(...position.take(from(log.slice(0, end), since)));
        }
        expect(read).toEqual(texts);
      }
    }
  });

  it('gives what is left of a log that was rotated during the break', () => {
    const position = new LogPosition();
    position.take([`${T}10.1Z a`, `${T}10.2Z b`, `${T}10.3Z c`]);
    position.resume();
    expect(position.take([`${T}10.3Z c`, `${T}10.4Z d`])).toEqual(['d']);
  });

  it('leaves out what is older, where sinceTime is not obeyed', () => {
    const position = new LogPosition();
    const log = [`${T}01Z a`, `${T}10Z b`];
    position.take(log);
    position.resume();
    expect(position.take([...log, `${T}11Z c`])).toEqual(['c']);
  });

  it('takes any number of lines of one time, and none twice after a break', () => {
    const position = new LogPosition();
    const log = Array.from({ length: 60_000 }, (_, index) => `${T}10Z ${index}`);
    expect(position.take(log)).toHaveLength(60_000);
    expect(position.take([`${T}11Z next`])).toEqual(['next']);
    position.resume();
    expect(position.take([...log, `${T}11Z next`, `${T}11Z last`])).toEqual(['last']);
  });
});
