import { describe, expect, it } from 'vitest';
import type { PodTemplate } from './rollout.js';
import { templateChanges } from './template-compare.js';

const template = (container: object, spec: object = {}): PodTemplate => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1', ...container }], ...spec },
});

const textsOf = (from: PodTemplate, to: PodTemplate) =>
  templateChanges(from, to).map(({ text }) => text);

describe('templateChanges', () => {
  it('names images with their values', () => {
    expect(textsOf(template({}), template({ image: 'web:2' }))).toEqual([
      'containers[web].image: web:1 → web:2',
    ]);
  });

  it('names other fields without theirs, which may be confidential', () => {
    const before = template({ env: [{ name: 'TOKEN', value: 'abc' }] });
    const after = template({
      env: [
        { name: 'TOKEN', value: 'xyz' },
        { name: 'NEW', value: 'n' },
      ],
    });
    expect(textsOf(before, after)).toEqual([
      'containers[web].env[TOKEN].value changed',
      'containers[web].env[NEW].name added',
      'containers[web].env[NEW].value added',
    ]);
    expect(textsOf(after, before).join()).not.toMatch(/abc|xyz/);
  });

  it('follows a container that has moved in its list', () => {
    const side = { name: 'side', image: 'side:1' };
    const [web] = template({}).spec?.containers ?? [];
    const before: PodTemplate = { spec: { containers: [web!, side] } };
    const after: PodTemplate = { spec: { containers: [side, web!] } };
    expect(textsOf(before, after)).toEqual([]);
  });

  it('takes what is left out and what is empty for the same', () => {
    expect(textsOf(template({}), template({ resources: {} }, { hostNetwork: false }))).toEqual([]);
  });
});
