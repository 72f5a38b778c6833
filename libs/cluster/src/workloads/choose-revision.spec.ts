import { describe, expect, it } from 'vitest';
import { chooseRevision } from './choose-revision.js';

describe('chooseRevision', () => {
  const choose = (revisions: number[], wanted: number) =>
    chooseRevision(
      'deployment.apps/web',
      revisions.map((revision) => ({ revision })),
      wanted,
      'k8s_rollout_history',
    );

  it('takes the one that is named', () => {
    expect(choose([2, 5, 7], 2)).toEqual({ revision: 2 });
  });

  it('takes the one before the latest for 0', () => {
    expect(choose([2, 5, 7], 0)).toEqual({ revision: 5 });
  });

  it.each([
    [[2, 5], 'deployment.apps/web has no revision 4. There are 2, 5; '],
    [[2], 'deployment.apps/web has no revision 4. There is only 2; '],
    [[], 'deployment.apps/web has no revision 4. There are none; '],
  ])('names what %j has when the one that is named is not there', (revisions, message) => {
    expect(() => choose(revisions, 4)).toThrow(
      `${message}k8s_rollout_history shows more about each.`,
    );
  });

  it.each([[[]], [[3]]])('has nothing to go back to from %j', (revisions) => {
    expect(() => choose(revisions, 0)).toThrow(
      'deployment.apps/web has no earlier revision to go back to.',
    );
  });
});
