import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Principal } from '#tools';
import { ownerMark, SessionIds } from './session-id.js';

const SECRET = randomBytes(32);
const MAX_AGE_SECONDS = 60;

const OPENED = {
  protocolVersion: '2025-06-18',
  clientInfo: { name: 'Kunde – 客户', version: '1.0' },
  capabilities: { roots: { listChanged: true } },
  owner: ownerMark({ id: 'key:alice', name: 'Alice', groups: [] }),
  conditions: [{ name: 'read_only', text: 'read_only=true', entries: ['true'] }] as const,
};

const ids = new SessionIds(SECRET, MAX_AGE_SECONDS);

/** An id with another text that is signed with a secret. */
function signed(json: string, secret: Buffer): string {
  const text = Buffer.from(json).toString('base64url');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

describe(SessionIds.name, () => {
  it('says all of its session to any server with the secret', () => {
    const { id, facts } = ids.issue(OPENED);
    expect(new SessionIds(SECRET, MAX_AGE_SECONDS).read(id)).toEqual(facts);
    expect(facts).toMatchObject(OPENED);
  });

  it('is what HTTP and MCP take as an id, and unique', () => {
    const [{ id }, other] = [ids.issue(OPENED), ids.issue(OPENED)];
    expect(id).toMatch(/^[\w-]+\.[\w-]{43}$/);
    expect(other.id).not.toBe(id);
  });

  it('does not tell its owner', () => {
    const { id } = ids.issue(OPENED);
    expect(Buffer.from(id, 'base64url').toString()).not.toMatch(/alice/i);
  });

  it('stays short, whatever the client says of itself', () => {
    const { id, facts } = ids.issue({
      ...OPENED,
      clientInfo: { name: 'n'.repeat(100_000), version: 'v'.repeat(100_000) },
      capabilities: { sampling: { tools: 'x'.repeat(100_000) }, ['y'.repeat(10_000)]: {} },
    });
    expect(id.length).toBeLessThan(1_500);
    expect(facts.capabilities).toEqual({ sampling: {} });
  });

  it('is known for so long and no longer', () => {
    let now = 1_800_000_000_000;
    const aging = new SessionIds(SECRET, MAX_AGE_SECONDS, () => now);
    const { id } = aging.issue(OPENED);
    now += MAX_AGE_SECONDS * 1_000;
    expect(aging.read(id)).toBeDefined();
    now += 1_001;
    expect(aging.read(id)).toBeUndefined();
  });

  const { id, facts } = ids.issue(OPENED);
  const [text = '', signature = ''] = id.split('.');

  it.each([
    ['nothing', ''],
    ['a UUID, as older servers made them', '6f1c7d0e-7b1f-4c57-9a55-0f5f0b3b7d57'],
    ['no signature', text],
    ['an empty signature', `${text}.`],
    ['a short signature', `${text}.${signature.slice(0, 20)}`],
    ['another signature', `${text}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`],
    ['something behind', `${id}.more`],
    ['another text', `${text.slice(0, -2)}AA.${signature}`],
    ['another secret', signed(JSON.stringify([1, facts]), randomBytes(32))],
    ['another form', signed(JSON.stringify([2, facts]), SECRET)],
  ])('does not know an id with %s', (_, given) => {
    expect(ids.read(given)).toBeUndefined();
  });
});

describe(ownerMark.name, () => {
  it('tells principals apart, and gives all who prove nothing the same', () => {
    const principal = (id: string, isAnonymous = false): Principal => {
      return { id, name: id, groups: [], isAnonymous };
    };
    expect(ownerMark(principal('a'))).not.toBe(ownerMark(principal('b')));
    expect(ownerMark(principal('a', true))).toBe(ownerMark(principal('b', true)));
    expect(ownerMark(principal('a'))).not.toBe(ownerMark(principal('a', true)));
  });
});
