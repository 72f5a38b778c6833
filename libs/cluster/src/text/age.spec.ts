import { describe, expect, it } from 'vitest';
import { humanAge } from './age.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('humanAge', () => {
  it.each([
    [-5, '<invalid>'],
    [0, '0s'],
    [119, '119s'],
    [2 * MINUTE, '2m'],
    [5 * MINUTE + 3, '5m3s'],
    [10 * MINUTE + 3, '10m'],
    [3 * HOUR, '3h'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [9 * HOUR + 5 * MINUTE, '9h'],
    [2 * DAY + 4 * HOUR, '2d4h'],
    [9 * DAY + 4 * HOUR, '9d'],
    [3 * 365 * DAY + 20 * DAY, '3y20d'],
    [9 * 365 * DAY, '9y'],
  ])('%i seconds are %s', (seconds, expected) => {
    expect(humanAge(seconds)).toBe(expected);
  });
});
