import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWrite } from './support/api-gate.js';
import { entriesFor, entriesOf, useAuditFiles, verifyAudit, type Entry } from './support/audit.js';
import { ExecutionsApi } from './support/executions.js';
import { writeGreeterChart } from './support/greeter-chart.js';
import { ownHelmHome } from './support/helm.js';
import { startServer, type RunningServer } from './support/server.js';
import { useTargets } from './support/use-executions.js';
import { useNamespace } from './support/use-namespace.js';

const POLICY = `
use: admin
rules:
  - name: nothing-locked
    who: { principals: ['*'] }
    deny: { effects: [update] }
    where: { names: [locked], kinds: [configmaps] }
`;

const targets = useTargets();
const files = useAuditFiles();
const own = useNamespace('audit-writes');
const where = { namespace: own.name, context: 'gate' };

let server: RunningServer;
let api: ExecutionsApi;
const start = async () => {
  const policy = join(files.folder, 'policy.yaml');
  writeFileSync(policy, POLICY);
  writeGreeterChart(files.folder, '1.0.0');
  server = await startServer({
    ...targets.env,
    ...files.env,
    ...ownHelmHome('audit-writes'),
    HELM_CHARTS_DIR: files.folder,
    POLICY_FILE: policy,
  });
  api = new ExecutionsApi(server);
};
beforeAll(start);
afterAll(() => server.stop());

const patchOf = (resource_type: string, name: string, data: object) =>
  ['k8s_patch', { ...where, resource_type, name, patch: JSON.stringify({ data }) }] as const;

const idIn = (body: Record<string, unknown>) => String(body['execution_id']);
const targetOf = ({ chain, seq }: Entry) => ({ chain, seq });

describe('a write of a tool', () => {
  it('is kept before and after, with what has changed', async () => {
    await own.kubectl('create', 'configmap', 'target', '--from-literal=key=old');
    const { body } = await api.run(...patchOf('configmap', 'target', { key: 'new' }));
    const [call, request, answer, end] = await entriesFor(server, idIn(body), 4);
    const object = {
      verb: 'patch',
      resource: 'configmaps',
      namespace: own.name,
      name: 'target',
    };
    expect(call).toMatchObject({ kind: 'intent', tool: 'k8s_patch' });
    expect(request).toMatchObject({
      kind: 'intent',
      tool: 'k8s_patch',
      door: 'rest',
      context: 'gate',
      effect: 'update',
      objects: [{ ...object, body: { digest: expect.any(String), length: 22 } }],
    });
    expect(answer).toMatchObject({
      kind: 'outcome',
      outcome: 'done',
      status: 200,
      intent: targetOf(request!),
      objects: [object],
    });
    expect(end).toMatchObject({ kind: 'outcome', outcome: 'done', intent: targetOf(call!) });
    const [{ kind, name, diff }] = end!.objects as [Record<string, string>];
    expect([kind, name]).toEqual(['ConfigMap', 'target']);
    expect(diff).toContain('-  key: old\n+  key: new');
  });

  it('is kept without the values of a Secret', async () => {
    await own.kubectl('create', 'secret', 'generic', 'target', '--from-literal=key=old-value');
    const value = Buffer.from('new-secret-value').toString('base64');
    const { body } = await api.run(...patchOf('secret', 'target', { key: value }));
    const entries = await entriesFor(server, idIn(body), 4);
    expect(entries.at(-1)).toMatchObject({ outcome: 'done', objects: [{ kind: 'Secret' }] });
    const text = JSON.stringify(entries);
    for (const part of [value, 'new-secret-value', 'old-value']) expect(text).not.toContain(part);
  });

  it('is no write as a dry run', async () => {
    const [tool, args] = patchOf('configmap', 'target', { key: 'other' });
    const { body } = await api.run(tool, { ...args, dry_run: true });
    const kinds = (await entriesFor(server, idIn(body), 2)).map(({ kind }) => kind);
    expect(kinds).toEqual(['intent', 'outcome']);
  });

  it('is kept with the rule, if the gate refuses it', async () => {
    await own.kubectl('create', 'configmap', 'locked', '--from-literal=key=old');
    const { body } = await api.run(...patchOf('configmap', 'locked', { key: 'new' }));
    expect(body['code']).toBe('forbidden');
    const [, request] = await entriesFor(server, idIn(body), 3);
    expect(request).toMatchObject({
      kind: 'outcome',
      outcome: 'refused',
      decision: 'refused',
      code: 'forbidden',
      rule: expect.stringContaining('nothing-locked'),
      objects: [{ verb: 'patch', resource: 'configmaps', name: 'locked' }],
    });
  });
});

describe('the writes of helm', () => {
  /** What the API server got since a number of requests, as the audit names it. */
  const sentSince = (count: number) =>
    targets.gate.passed
      .slice(count)
      .filter(isWrite)
      .map(
        ({ method }) => ({ POST: 'create', PUT: 'update', DELETE: 'delete' })[method!] ?? 'patch',
      );

  it('are kept one by one', async () => {
    const before = targets.gate.passed.length;
    const release = { ...where, release_name: 'hello' };
    const { status, body } = await api.run('helm_install', { ...release, chart: './greeter' });
    expect([status, body['detail']]).toEqual([200, undefined]);
    const sent = sentSince(before);
    expect(sent.length).toBeGreaterThan(2);
    const entries = await entriesFor(server, idIn(body), 2 + 2 * sent.length);
    const requests = entries.filter(({ kind, objects }) => kind === 'intent' && objects);
    const verbs = requests.map(({ objects }) => String(objects![0]!['verb']));
    expect(verbs.toSorted()).toEqual(sent.toSorted());
    const named = requests.map(({ objects }) => objects![0]!['resource']);
    expect(named).toEqual(expect.arrayContaining(['secrets', 'deployments']));
    const ends = entries.filter(({ kind }) => kind === 'outcome');
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => 'done'));
  });
});

describe('a server that is killed between a write and its answer', () => {
  it('leaves a write whose outcome is unknown, and which nobody repeats', async () => {
    const { gate } = targets;
    const arrived = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    gate.after(
      ({ method }) => method === 'PATCH',
      () => {
        arrived.resolve();
        return held.promise;
      },
    );
    const before = gate.passed.length;
    const id = await api.start(...patchOf('configmap', 'target', { key: 'made' }));
    await arrived.promise;
    await server.stop('SIGKILL');
    held.resolve();
    await start();
    const entries = await entriesFor(server, id, 4);
    const [call, request, ...ends] = entries;
    expect([call!.kind, request!.kind]).toEqual(['intent', 'intent']);
    const unknown = { kind: 'outcome', outcome: 'unknown' };
    expect(ends).toMatchObject([
      { ...unknown, intent: targetOf(call!) },
      { ...unknown, intent: targetOf(request!), objects: [{ verb: 'patch', name: 'target' }] },
    ]);
    expect(await own.stored('configmap/target', '{.data.key}')).toBe('made');
    expect(gate.passed.slice(before).filter(isWrite)).toHaveLength(1);
    expect((await entriesOf(server, { outcome: 'unknown' })).length).toBe(4);
    const { code, stdout } = await verifyAudit({ ...targets.env, ...files.env });
    expect(stdout).toContain('The record is intact');
    expect(code).toBe(0);
  });
});

// Last, because an entry that the database refuses for good leaves a gap.
describe('a write whose intent cannot be stored', () => {
  it('is not sent', async () => {
    using other = new DatabaseSync(files.file);
    other.exec(`create trigger away before insert on audit
      when new.kind = 'intent' and json_extract(new.entry, '$.objects') is not null
      begin select raise(abort, 'away'); end`);
    const { status, body } = await api.run(...patchOf('configmap', 'target', { key: 'lost' }));
    other.exec('drop trigger away');
    expect([status, body['code']]).toEqual([503, 'unavailable']);
    expect(body['detail']).toContain('The audit cannot be stored');
    expect(await own.stored('configmap/target', '{.data.key}')).toBe('made');
  });
});
