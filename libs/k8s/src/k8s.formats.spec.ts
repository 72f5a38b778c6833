import { describe, expect, it } from 'vitest';
import { textFault } from '#tools';
import * as formats from './k8s.formats.js';

describe.each([
  ['KINDS', formats.KINDS],
  ['NAMES', formats.NAMES],
])('%s', (_, format) => {
  it('names a hundred things and no more', () => {
    const list = (count: number) => Array.from({ length: count }, () => 'a').join();
    expect(textFault(format, list(100))).toBeUndefined();
    expect(textFault(format, list(101))).toBe('must not name more than 100');
  });
});

describe('KINDS', () => {
  it('has room for a hundred pairs of the longest names', () => {
    const pair = `${'k'.repeat(253)}/${'n'.repeat(253)}`;
    const longest = Array.from({ length: 100 }, () => pair).join();
    expect(textFault(formats.KINDS, longest)).toBeUndefined();
  });
});

describe('LOG_TARGET', () => {
  it.each([
    'web-7d4b9',
    'deployment/web',
    'rollouts.argoproj.io/web',
    'deploy/web.v2',
    'app=web',
    'app',
    '!canary',
    'example.com/tier in (front, back),app!=web',
    'a.example/b=c,d.example/e=f',
    'cpu>8',
    'a=b..c',
  ])('takes %s', (value) => {
    expect(textFault(formats.LOG_TARGET, value)).toBeUndefined();
  });

  it.each([
    'deployment/web/extra',
    'deployment/-x',
    'deployment/x-',
    'deployment/Web',
    'deployment/',
    '/web',
    'deployment//web',
    'deployment/a..b',
    '-A',
    'naïve=a',
    'a=b\u0000c',
  ])('refuses %s', (value) => {
    expect(textFault(formats.LOG_TARGET, value)).toMatch(/^must/);
  });
});
