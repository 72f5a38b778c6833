import { describe, expect, it } from 'vitest';
import { atOnce } from '#base';
import { distance, nearestBySpelling, nearestHint, nearestNames } from './nearest-names.js';

describe('distance', () => {
  it.each([
    ['pods', 'pods', 0],
    ['deploymnet', 'deployment', 1],
    ['pod', 'pods', 1],
    ['svc', 'ns', 3],
    ['', 'abc', 3],
  ])('from %j to %j is %i', (a, b, expected) => {
    expect(distance(a, b)).toBe(expected);
  });
});

describe('nearestNames', () => {
  const names = ['pods', 'nodes', 'Deployments', 'deployment', 'daemonsets'];

  it('gives the closest first', () => {
    expect(nearestNames('Deploymets', names)).toEqual(['Deployments', 'deployment']);
    expect(nearestNames('pod', names)).toEqual(['pods']);
  });

  it('gives nothing that is not alike', () => {
    expect(nearestNames('xyz', names)).toEqual([]);
  });

  it('finds the nearest of many long names without comparing all of them', () => {
    const long = (letter: string, index: number) => `${letter.repeat(230)}-${index}`;
    const many = Array.from({ length: 20_000 }, (_, index) => long('ab'[index % 2]!, index));
    const startedAt = performance.now();
    expect(nearestNames(`a${long('a', 19_998)}`, many)[0]).toBe(long('a', 19_998));
    expect(nearestNames(long('c', 7), many)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('nearestBySpelling', () => {
  it('knows a thing by each of its names', () => {
    const candidates = [
      { kind: 'Service', spellings: ['services', 'svc'] },
      { kind: 'Pod', spellings: ['pods', 'po'] },
    ];
    expect(atOnce(nearestBySpelling('svcs', candidates))).toEqual([candidates[0]]);
  });
});

describe('nearestHint', () => {
  it('names them', () => {
    expect(nearestHint(['web', 'wed'])).toBe(' Nearest: web, wed.');
    expect(nearestHint([])).toBe('');
  });
});
