import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { verifyAudit } from './support/audit.js';
import { ExecutionsApi } from './support/executions.js';
import { McpSession } from './support/mcp-session.js';
import {
  lostRows,
  OLD_SCHEMAS,
  OldStore,
  type OldFacts,
  type Rows,
  type StoreKind,
} from './support/old-stores.js';
import { Postgres } from './support/postgres.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { OPEN_ACCESS, SERVER_BIN } from './support/server-process.js';

const FIRST = '0001_executions';
const NEWEST = OLD_SCHEMAS.at(-1)!;
/** Since then, a key means the same call whatever parameters its tool gets. */
const LASTING_KEYS = '0007_server_versions';
/** So many that a migration of them takes a while. */
const MANY = 30_000;
const KILLS = 3;
const KINDS = ['sqlite', 'postgres'] as const;

let postgres: Postgres;
beforeAll(async () => {
  postgres = await Postgres.start();
});
afterAll(() => postgres.stop());

const storeOf = (schema: string, kind: StoreKind) => OldStore.make(schema, kind, postgres);

async function start(env: Record<string, string>): Promise<RunningServer> {
  const server = await startServer(env);
  onTestFinished(() => void server.stop('SIGKILL'));
  return server;
}

/** Copies of an execution that has ended. */
async function addMany(store: OldStore, kind: StoreKind): Promise<void> {
  const numbers =
    kind === 'sqlite'
      ? `(with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${MANY}) select n from numbers) numbers`
      : `generate_series(1, ${MANY}) as numbers(n)`;
  const columns =
    'tool, category, caller, status, replica, created_at, started_at, finished_at, size';
  await store.run(
    `insert into executions (id, ${columns}) select 'many-' || n, ${columns}
     from executions, ${numbers} where id = '${store.facts.key.executionId}'`,
  );
}

// Many servers start here, on a machine that may be busy.
describe.each(KINDS)('a store in %s', { timeout: 180_000 }, (kind) => {
  describe('of an older server', () => {
    const upgraded = new Map<string, { store: OldStore; before: Rows; server: RunningServer }>();
    // All at once: each waits for some seconds until the server that was killed is given up.
    beforeAll(async () => {
      const all = OLD_SCHEMAS.map(async (schema) => {
        const store = await storeOf(schema, kind);
        const before = await store.rows();
        upgraded.set(schema, { store, before, server: await startServer(store.env) });
      });
      await Promise.all(all);
    });
    afterAll(() => Promise.all([...upgraded.values()].map(({ server }) => server.stop('SIGKILL'))));

    it.each(OLD_SCHEMAS)('of %s goes on with all that is in it', async (schema) => {
      const { store, before, server } = upgraded.get(schema)!;
      await expectExecutions(server, store.facts);
      await expectKeyKept(server, store.facts, schema);
      if (store.facts.sessions) await expectSessions(server, store.facts.sessions);
      await server.stop();
      expectOnlyInterrupted(store.facts, before, await store.rows());
      expect(await verifyAudit(store.env)).toMatchObject({ code: 0 });
    });
  });

  it('has a fixture of each schema but the present one', async () => {
    const store = await storeOf(NEWEST, kind);
    await (await start(store.env)).stop();
    const known = new Set(OLD_SCHEMAS.map((name) => name.replace(/-.*/, '')));
    const made = await store.migrations();
    expect(made.slice(0, -1).filter((name) => !known.has(name))).toEqual([]);
  });

  it('of a newer server is refused, and stays as it is', async () => {
    const store = await storeOf(NEWEST, kind);
    await (await start(store.env)).stop();
    await store.run(
      `insert into kysely_migration values ('0999_later', '2030-01-01');
       insert into server_versions values ('9.9.9', '0999_later', '2030-01-01')`,
    );
    const before = await store.rows();
    await expect(start(store.env)).rejects.toThrow(
      /was made by skyflo-mcp 9\.9\.9: it has the migration 0999_later\. This is skyflo-mcp \d+\.\d+\.\d+, which knows those up to 0\d{3}_\w+\. Nothing was changed\. Start 9\.9\.9 or a newer version; or /,
    );
    expect(await store.rows()).toEqual(before);
  });

  it('is brought up to date by one of two servers that start at the same time', async () => {
    const store = await storeOf(FIRST, kind);
    await addMany(store, kind);
    const before = await store.rows();
    const servers = await Promise.all([start(store.env), start(store.env)]);
    await Promise.all(servers.map((server) => expectExecutions(server, store.facts)));
    await Promise.all(servers.map((server) => server.stop()));
    expectOnlyInterrupted(store.facts, before, await store.rows());
  });

  it('outlives servers that are killed while they bring it up to date', async () => {
    const store = await storeOf(FIRST, kind);
    await addMany(store, kind);
    const before = await store.rows();
    const old = await store.migrations();
    let unfinished = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await killedWhile(store, kind);
      unfinished += Number((await store.migrations()).length === old.length);
    }
    expect(unfinished).toBeGreaterThan(0);
    const server = await start(store.env);
    await expectExecutions(server, store.facts);
    await server.stop();
    expectOnlyInterrupted(store.facts, before, await store.rows());
  });
});

describe('a SQLite file', () => {
  it('is copied before it is brought up to date', async () => {
    const store = await storeOf(FIRST, 'sqlite');
    const before = await store.rows();
    await (await start(store.env)).stop();
    const copy = `${store.file}.before-0002_executions_by_caller`;
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const back = store.at(copy);
    expect([await back.rows(), await back.migrations()]).toEqual([before, [FIRST]]);
  });
});

/** Starts a server, and kills it while it brings the store up to date, or when it has. */
async function killedWhile(store: OldStore, kind: StoreKind): Promise<void> {
  const env = { ...process.env, ...testSandbox().env, ...OPEN_ACCESS, PORT: '0', ...store.env };
  const child = spawn(SERVER_BIN, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  while (!log.includes('Listening on') && !(await isUnderWay(store, kind))) await sleep(5);
  child.kill('SIGKILL');
  await exited;
}

/** What is written stands in the log of the file until its transaction ends. */
async function isUnderWay(store: OldStore, kind: StoreKind): Promise<boolean> {
  if (kind === 'sqlite') {
    const log = statSync(`${store.file}-wal`, { throwIfNoEntry: false });
    return log !== undefined && log.size > 100_000;
  }
  const running = await store.query(
    `select pid from pg_stat_activity where datname = current_database() and state = 'active'
     and query like 'create index%'`,
  );
  return running.length > 0;
}

function expectOnlyInterrupted({ running }: OldFacts, before: Rows, after: Rows): void {
  const lost = lostRows(before, after);
  expect(lost).toEqual([expect.stringContaining(`"id":"${running}"`)]);
  const row = after['executions']!.find((text) => text.includes(`"id":"${running}"`));
  expect(row).toContain('"status":"interrupted"');
}

async function expectExecutions(server: RunningServer, facts: OldFacts): Promise<void> {
  const api = new ExecutionsApi(server);
  for (const execution of facts.executions.filter(({ id }) => id !== facts.running)) {
    expect((await api.get(execution.id)).body).toMatchObject(execution);
  }
  await expect
    .poll(async () => (await api.get(facts.running)).body.status, { timeout: 30_000 })
    .toBe('interrupted');
}

/** A call with a key that was used is answered with what came of it then, and never run again. */
async function expectKeyKept(
  server: RunningServer,
  { key, executions }: OldFacts,
  schema: string,
): Promise<void> {
  const api = new ExecutionsApi(server);
  const headers = { 'idempotency-key': key.key };
  const again = await api.run(key.tool, key.args, headers);
  // Before, a call was another one to servers whose tool had more parameters.
  if (schema < LASTING_KEYS) expect(again.status).toBe(409);
  else expect([again.status, again.body['execution_id']]).toEqual([200, key.executionId]);
  const other = await api.run(key.tool, { ...key.args, dry_run: true }, headers);
  expect(other.status).toBe(409);
  const { body } = await api.list({ tool: key.tool });
  expect(body.executions).toHaveLength(executions.filter(({ tool }) => tool === key.tool).length);
}

async function expectSessions(
  { url }: RunningServer,
  { open, ended }: NonNullable<OldFacts['sessions']>,
): Promise<void> {
  const statuses = [open, ended].map(async (id) => {
    const session = new McpSession(url);
    Object.assign(session.headers, { 'mcp-session-id': id, 'mcp-protocol-version': '2025-06-18' });
    return (await session.post({ jsonrpc: '2.0', id: 1, method: 'ping' })).status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 404]);
}
