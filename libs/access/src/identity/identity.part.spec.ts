import { describe, expect, it } from 'vitest';
import type { GateRequest } from '#cluster';
import type { Principal } from '#tools';
import type { IdentityMode } from './identity.config.js';
import { IdentityPart } from './identity.part.js';

const ALICE: Principal = { id: 'issuer#1', name: 'alice', groups: ['shop', 'ops'] };

function identityOf(modes: Record<string, IdentityMode>, principal?: Partial<Principal>) {
  const part = new IdentityPart({ modes: new Map(Object.entries(modes)) });
  const call = principal && { principal: { ...ALICE, ...principal } };
  return part.identity({ context: 'prod', call } as GateRequest);
}

const IMPERSONATED = { 'impersonate-user': 'alice', 'impersonate-group': ['shop', 'ops'] };

describe('a request', () => {
  it.each([
    ['of a context that is not named', {}, {}, undefined],
    ['of a context with its own user', { prod: 'none', '*': 'impersonate' }, {}, undefined],
    ['of a context that impersonates', { prod: 'impersonate' }, {}, IMPERSONATED],
    ['of any other context', { '*': 'impersonate' }, {}, IMPERSONATED],
    ['of nobody in particular', { '*': 'impersonate' }, { isAnonymous: true }, undefined],
    [
      'of somebody without groups',
      { '*': 'impersonate' },
      { groups: [] },
      { 'impersonate-user': 'alice' },
    ],
    [
      'of a context that takes the token',
      { '*': 'passthrough' },
      { bearer: 'abc' },
      { authorization: 'Bearer abc' },
    ],
  ] as const)('%s is made as who it should be', (_what, modes, principal, expected) => {
    expect(identityOf(modes, principal)).toEqual(expected);
  });

  it('of the server itself is made as the context says', () => {
    expect(identityOf({ '*': 'impersonate' })).toBeUndefined();
  });

  it.each([
    ['a user of the system', { name: 'system:admin' }],
    ['a group of the system', { groups: ['ok', 'system:masters'] }],
    ['the same in other letters', { groups: ['SYSTEM:masters'] }],
    ['a name with a line end', { name: 'a\r\nimpersonate-group: x' }],
    ['a name that is empty', { name: '' }],
  ])('is never made as %s', (_what, principal) => {
    expect(() => identityOf({ '*': 'impersonate' }, principal)).toThrow('Nobody is impersonated');
  });

  it('is refused where a token is needed and there is none', () => {
    expect(() => identityOf({ '*': 'passthrough' }, {})).toThrow('came without one');
  });
});
