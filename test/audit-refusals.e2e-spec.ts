import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf, useAuditFiles, verifyAudit, type Entry } from './support/audit.js';
import { DOORS, type Door } from './support/doors.js';
import { startServer, type RunningServer } from './support/server.js';

const POLICY = `
rules:
  - name: reading
    who: { principals: ['*'] }
    allow: { effects: [read] }
`;

const files = useAuditFiles();
let server: RunningServer;
beforeAll(async () => {
  const policy = join(files.folder, 'policy.yaml');
  writeFileSync(policy, POLICY);
  server = await startServer({ ...files.env, POLICY_FILE: policy, MAX_WAITS: '1' });
});
afterAll(() => server.stop());

const NO_TOOL = `k8s_\u202Ebreak<b> ${'x'.repeat(300)}`;

interface Refusal {
  why: string;
  tool: string;
  args: Record<string, unknown>;
  entry: Record<string, unknown>;
}

const REFUSALS: Refusal[] = [
  {
    why: 'parameters that are not valid',
    tool: 'k8s_get',
    args: { resource_type: 'pods', namespace: 'Not A Namespace' },
    entry: {
      tool: 'k8s_get',
      code: 'invalid_input',
      arguments: { resource_type: 'pods', namespace: { length: 15 } },
    },
  },
  {
    why: 'an unknown tool',
    tool: NO_TOOL,
    args: { password: 'hunter2' },
    entry: { tool: `k8s_?break?b??${'x'.repeat(86)}...`, code: 'not_found' },
  },
  {
    why: 'a tool that the caller may not use',
    tool: 'k8s_delete',
    args: { name: 'web', resource_type: 'deployment', namespace: 'shop' },
    entry: {
      tool: 'k8s_delete',
      code: 'forbidden',
      arguments: { name: 'web', namespace: 'shop' },
      rule: expect.stringContaining('k8s_delete'),
    },
  },
];

describe.each(Object.keys(DOORS))('the audit of calls over %s', (name) => {
  let door: Door;
  beforeAll(async () => (door = await DOORS[name]!(server)));
  afterAll(() => door.close());

  const newest = async (tool: string) => (await entriesOf(server, { tool, outcome: 'refused' }))[0];

  it.each(REFUSALS)('has $why', async ({ tool, args, entry }) => {
    const { code } = await door.call(tool, args);
    expect(code).toBe(entry['code']);
    const toldOf = { kind: 'call', door: name.toLowerCase(), decision: 'refused' };
    await expect
      .poll(async () => (await entriesOf(server, { outcome: 'refused' }))[0])
      .toMatchObject({ ...toldOf, ...entry });
    const text = JSON.stringify(await entriesOf(server));
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('Not A');
  });

  it('has a call for which there is no place', async () => {
    const wait = () => door.call('wait_for_x_seconds', { seconds: 1 });
    const codes = (await Promise.all([wait(), wait()])).map(({ code }) => code);
    expect(codes).toContain('busy');
    await expect
      .poll(() => newest('wait_for_x_seconds'))
      .toMatchObject({
        kind: 'call',
        door: name.toLowerCase(),
        code: 'busy',
        arguments: { seconds: 1 },
      });
  });
});

describe('a flood of refused calls', () => {
  it('is counted beyond what is kept, and others are kept as ever', async () => {
    const door = await DOORS['REST']!(server);
    const before = (await entriesOf(server))[0]!.seq;
    const flood = async () => {
      for (let call = 0; call < 100; call++) await door.call('k8s_get', { what: call });
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 20 }, flood));
    const seconds = (performance.now() - startedAt) / 1_000;
    await door.call('k8s_get', { resource_type: 'namespaces' });
    const isRead = ({ tool, outcome }: Entry) => tool === 'k8s_get' && outcome === 'done';
    await expect.poll(async () => isRead((await entriesOf(server))[0]!)).toBe(true);
    const entries = await entriesOf(server);
    expect(entries[0]!.seq - before).toBeLessThan(1_002 + 20 * seconds);
    expect(entries.some(({ lost = 0 }) => lost > 0)).toBe(true);
    expect((await verifyAudit(files.env)).code).toBe(0);
  });
});
