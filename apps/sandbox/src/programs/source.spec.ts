import { describe, expect, it } from 'vitest';
import { programMirror, programSource } from './source.js';

describe('where the programs come from', () => {
  it('is what is set', () => {
    expect(['', 'download', 'build'].map((given) => programSource(given))).toEqual([
      undefined,
      'download',
      'build',
    ]);
    expect(programMirror('')).toBeUndefined();
    expect(programMirror('https://mirror.example.com/k8s')).toBe('https://mirror.example.com/k8s');
  });

  it('is refused with what would be right', () => {
    expect(() => programSource('Build')).toThrow('"Build": set it to download or build, or not.');
    expect(() => programMirror('mirror.example.com')).toThrow('set it to a URL');
  });
});
