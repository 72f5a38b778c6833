import { describe, expect, it } from 'vitest';
import { textFault, type TextFormat } from '#tools';
import * as formats from './argo.formats.js';

/** Pieces that some pattern accepts repeatedly. */
const PIECES = ['a', '9', '1h', 'a,', 'a, ', 'a/a,', 'a=b,', '1:a,', 'a ', '1 || '];

describe('a format', () => {
  it.each(Object.entries<TextFormat>(formats))(
    'accepts texts of any allowed length: %s',
    (_, format) => {
      for (const piece of PIECES) {
        const longest = piece.repeat(format.maxLength).slice(0, format.maxLength);
        expect(textFault(format, longest) ?? '').not.toMatch(/characters/);
        expect(textFault(format, `-${longest.slice(1)}`)).toMatch(/^must be/);
      }
    },
  );
});
