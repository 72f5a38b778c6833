import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesFor, entriesOf, useAuditFiles, verifyAudit } from './support/audit.js';
import { ExecutionsApi } from './support/executions.js';
import { Postgres } from './support/postgres.js';
import { startServer, type RunningServer } from './support/server.js';
import { onThisMachine, useTargets } from './support/use-executions.js';

const READ = ['k8s_get', { resource_type: 'namespaces' }] as const;
const WRITE = ['k8s_exec', onThisMachine('echo done')] as const;

const targets = useTargets();
const files = useAuditFiles();

const envOf = (more: Record<string, string> = {}) => ({ ...targets.env, ...files.env, ...more });

const idIn = (body: Record<string, unknown>) => String(body['execution_id']);

describe('the audit of a server with SQLite', () => {
  let server: RunningServer;
  let api: ExecutionsApi;
  const start = async () => {
    server = await startServer(envOf());
    api = new ExecutionsApi(server);
  };
  beforeAll(start);
  afterAll(() => server.stop());

  it('has a read once it has ended', async () => {
    const { body } = await api.run(...READ);
    const [entry] = await entriesFor(server, idIn(body), 1);
    expect(entry).toMatchObject({
      kind: 'call',
      tool: 'k8s_get',
      door: 'rest',
      outcome: 'done',
      decision: 'allowed',
      arguments: { resource_type: 'namespaces' },
    });
  });

  it('has a write before and after, without what its text says', async () => {
    const { body } = await api.run(...WRITE);
    const entries = await entriesFor(server, idIn(body), 4);
    const [intent, request, , outcome] = entries;
    expect(intent).toMatchObject({ kind: 'intent', tool: 'k8s_exec' });
    expect(request).toMatchObject({ kind: 'intent', objects: [{ subresource: 'exec' }] });
    expect(outcome).toMatchObject({
      kind: 'outcome',
      outcome: 'done',
      intent: { chain: intent!.chain, seq: intent!.seq },
    });
    expect(JSON.stringify(entries)).not.toContain('echo done');
  });

  it('has a write that failed', async () => {
    const { body } = await api.run('k8s_exec', onThisMachine('exit 3'));
    const entries = await entriesFor(server, idIn(body), 4);
    const [intent, outcome] = [entries[0], entries[3]];
    expect(outcome).toMatchObject({ kind: 'outcome', outcome: 'failed', code: 'failed' });
    const failed = await entriesOf(server, { outcome: 'failed', tool: 'k8s_exec' });
    expect(failed).toEqual([outcome, intent]);
  });

  it('refuses writes and goes on with reads while its table cannot be written', async () => {
    using other = new DatabaseSync(files.file);
    other.exec('begin immediate');
    const write = api.run(...WRITE);
    const read = await api.run(...READ);
    expect(read.status).toBe(200);
    expect(await write).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    other.exec('rollback');
    await expect.poll(async () => (await api.run(...WRITE)).status).toBe(200);
    await entriesFor(server, idIn(read.body), 1);
  });

  it('says of a write that nobody saw end that its outcome is unknown', async () => {
    const id = await api.start('k8s_exec', onThisMachine('sleep 30'));
    await entriesFor(server, id, 3);
    await server.stop('SIGKILL');
    await start();
    const entries = await entriesFor(server, id, 4);
    const [intent, outcome] = [entries[0], entries[3]];
    expect(outcome).toMatchObject({
      kind: 'outcome',
      outcome: 'unknown',
      intent: { chain: intent!.chain, seq: intent!.seq },
    });
    expect(outcome!.chain).not.toBe(intent!.chain);
  });

  it('is found intact, and an entry that was changed is named', async () => {
    const intact = await verifyAudit(envOf());
    expect(intact.stdout).toContain('The record is intact');
    expect(intact.code).toBe(0);
    const [entry] = await entriesOf(server, { outcome: 'failed' });
    using other = new DatabaseSync(files.file);
    const { chain, seq } = entry!;
    const text = `update audit set entry = json_set(entry, '$.code', 'busy') where chain = ? and seq = ?`;
    other.prepare(text).run(chain, seq);
    const broken = await verifyAudit(envOf());
    expect(broken.stdout).toContain(`BROKEN (change) chain ${chain}: Entry ${seq} was changed`);
    expect(broken.code).toBe(1);
  });

  it('lets no write through whose intent cannot be stored', async () => {
    using other = new DatabaseSync(files.file);
    other.exec(`create trigger away before insert on audit when new.kind = 'intent'
      begin select raise(abort, 'away'); end`);
    const before = targets.local.commands.length;
    const { status, body } = await api.run(...WRITE);
    other.exec('drop trigger away');
    expect([status, body['code']]).toEqual([503, 'unavailable']);
    expect(body['detail']).toContain('The audit cannot be stored');
    expect(targets.local.commands).toHaveLength(before);
    expect((await api.run(...WRITE)).status).toBe(200);
  });
});

describe('the audit of two replicas on PostgreSQL', () => {
  let postgres: Postgres;
  let servers: RunningServer[];
  beforeAll(async () => {
    postgres = await Postgres.start();
    servers = [];
    for (let count = 0; count < 2; count++) {
      servers.push(await startServer(envOf({ DATABASE_URL: postgres.url })));
    }
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await postgres.stop();
  });

  it('is one to read, and two chains to verify', async () => {
    const [a, b] = servers as [RunningServer, RunningServer];
    const chains = new Set<string>();
    for (const server of servers) {
      const { body } = await new ExecutionsApi(server).run(...WRITE);
      const id = idIn(body);
      const entries = await entriesFor(a, id, 4);
      expect(await entriesFor(b, id, 4)).toEqual(entries);
      for (const { chain } of entries) chains.add(chain);
    }
    expect(chains.size).toBe(2);
    const { code, stdout } = await verifyAudit(envOf({ DATABASE_URL: postgres.url }));
    expect(stdout).toContain('The record is intact: 8 entries in 2 chains.');
    expect(code).toBe(0);
  });
  it('refuses writes and goes on with reads while the database is away', async () => {
    const api = new ExecutionsApi(servers[0]!);
    await postgres.pause();
    const before = targets.local.commands.length;
    const write = await api.run(...WRITE);
    expect([write.status, write.body['code']]).toEqual([503, 'unavailable']);
    expect(targets.local.commands).toHaveLength(before);
    expect((await api.run(...READ)).status).toBe(200);
  });
});
