import { describe, expect, it } from 'vitest';
import { matchKinds } from './match-kinds.js';

describe(matchKinds.name, () => {
  it.each([
    ['Deployment', 'deployments', '', true],
    ['deployments', 'deployments', '', true],
    ['DEPLOYMENT', 'deployments', 'scale', true],
    ['NetworkPolicy', 'networkpolicies', '', true],
    ['Gateway', 'gateways', '', true],
    ['Ingress', 'ingresses', '', true],
    ['Endpoints', 'endpoints', '', true],
    ['*Policy', 'networkpolicies', '', true],
    ['Deploy*', 'deployments', '', true],
    ['pods', 'pods', 'exec', true],
    ['pods/exec', 'pods', 'exec', true],
    ['Pod/exec', 'pods', 'exec', true],
    ['pods/exec', 'pods', 'log', false],
    ['pods/exec', 'pods', '', false],
    ['pods/*', 'pods', 'log', true],
    ['*/scale', 'deployments', 'scale', true],
    ['pods/*', 'pods', '', false],
    ['pods', 'podtemplates', '', false],
    ['*', 'anything', 'status', true],
  ])('%s on %s/%s: %s', (entry, resource, subresource, expected) => {
    expect(matchKinds([entry])({ resource, subresource })).toBe(expected);
  });

  it('knows a kind whose plural does not follow from it', () => {
    const facts = { resource: 'kine', subresource: '', kind: 'Cow' };
    expect(matchKinds(['cow'])(facts)).toBe(true);
  });
});
