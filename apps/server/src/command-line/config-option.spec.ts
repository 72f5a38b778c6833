import { describe, expect, it } from 'vitest';
import { takeConfigOption } from './config-option.js';

describe(takeConfigOption.name, () => {
  it.each([
    [['check', '--config', 'a.yaml', '--json'], { file: 'a.yaml', rest: ['check', '--json'] }],
    [['--config=a.yaml'], { file: 'a.yaml', rest: [] }],
    [['key', 'list'], { rest: ['key', 'list'] }],
  ])('reads %j', (argv, expected) => {
    expect(takeConfigOption(argv)).toEqual(expected);
  });

  it.each([
    [['--config'], 'needs a file'],
    [['--config', '--stdio'], 'needs a file'],
    [['--config='], 'needs a file'],
    [['--config', 'a', '--config=b'], 'once'],
  ])('refuses %j', (argv, why) => {
    expect(() => takeConfigOption(argv)).toThrow(why);
  });
});
