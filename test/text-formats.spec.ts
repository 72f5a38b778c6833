import { describe, expect, it } from 'vitest';
import { textFault, type TextFormat } from '#tools';
import * as argo from '../libs/argo/src/argo.formats.js';
import * as kubernetes from '../libs/cluster/src/fields/kubernetes-formats.js';
import * as helm from '../libs/helm/src/helm.formats.js';
import * as k8s from '../libs/k8s/src/k8s.formats.js';

/** Pieces that some pattern accepts repeatedly. */
const PIECES = ['a', '9', '1h', 'a,', 'a, ', 'a/a,', 'a=b,', '1:a,', 'a ', '1 || '];

const FORMATS = [argo, helm, k8s, kubernetes].flatMap((formats) =>
  Object.entries<TextFormat>({ ...formats }),
);

describe('a format', () => {
  it.each(FORMATS)('accepts texts of any allowed length: %s', (_, format) => {
    for (const piece of PIECES) {
      const longest = piece.repeat(format.maxLength).slice(0, format.maxLength);
      expect(textFault(format, longest) ?? '').not.toMatch(/characters/);
      expect(textFault(format, `-${longest.slice(1)}`)).toMatch(/^must be/);
    }
  });
});
