import { describe, expect, it } from 'vitest';
import { portPairs } from './port-pairs.js';

describe('portPairs', () => {
  it.each([
    ['8080:80', [{ local: 8080, remote: 80 }]],
    ['8080', [{ local: 8080, remote: 8080 }]],
    [':80', [{ local: 0, remote: 80 }]],
    ['http', [{ local: 0, remote: 'http' }]],
    [
      '0:http, 9090:metrics',
      [
        { local: 0, remote: 'http' },
        { local: 9090, remote: 'metrics' },
      ],
    ],
  ])('reads %j', (text, pairs) => {
    expect(portPairs(text)).toEqual(pairs);
  });

  it.each(['80', '80:80', '70000:80', '8080:70000', '0:0', '8080:0'])('refuses %j', (text) => {
    expect(() => portPairs(text)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});
