import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ExecutionsApi } from './support/executions.js';
import { Postgres } from './support/postgres.js';
import { startServer, type RunningServer } from './support/server.js';
import { SilentRelay } from './support/silent-relay.js';

/** A write that needs no cluster. */
const WRITE = ['k8s_port_forward_stop', { id: 'all', dry_run: true }] as const;

let postgres: Postgres;
let relay: SilentRelay;
let server: RunningServer;
let api: ExecutionsApi;
/** Somebody else on the same database. */
let other: Client;
beforeAll(async () => {
  postgres = await Postgres.start();
  const url = new URL(postgres.url);
  relay = await SilentRelay.open(Number(url.port));
  url.port = String(relay.port);
  server = await startServer({ DATABASE_URL: url.href });
  api = new ExecutionsApi(server);
  other = new Client(postgres.url);
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await server.stop('SIGKILL');
  relay.close();
  await postgres.stop();
});

const write = (headers = {}) => api.run(...WRITE, headers);
const keyed = () => ({ 'idempotency-key': randomUUID() });
const timed = async <T>(work: Promise<T>) => {
  const startedAt = performance.now();
  return { result: await work, ms: performance.now() - startedAt };
};
const writesAgain = async () => {
  await expect
    .poll(async () => (await write()).status, { timeout: 15_000, interval: 100 })
    .toBe(200);
};
const storeTrouble = async () => {
  const { missing } = (await (await fetch(`${server.url}/health/ready`)).json()) as {
    missing: { reason: string }[];
  };
  return missing.map(({ reason }) => reason).find((reason) => reason.startsWith('Executions'));
};

describe('a database that is far away', () => {
  const ROUND_TRIP_MS = 200;
  beforeAll(async () => {
    // Connections are there before they become slow.
    await Promise.all(Array.from({ length: 8 }, () => write()));
    relay.roundTripMs = ROUND_TRIP_MS;
  });
  afterAll(() => (relay.roundTripMs = 0));

  it.each([
    ['a write', {}],
    ['one with an idempotency key', keyed()],
  ])('has %s wait for it before and after, once each', async (_what, headers) => {
    const { result, ms } = await timed(write(headers));
    expect(result.status).toBe(200);
    expect(ms).toBeGreaterThan(2 * ROUND_TRIP_MS);
    expect(ms).toBeLessThan(4 * ROUND_TRIP_MS);
  });

  it('has many wait side by side', async () => {
    await Promise.all(Array.from({ length: 8 }, () => write()));
    const all = Array.from({ length: 40 }, (_, index) => write(index % 2 ? keyed() : {}));
    const { result, ms } = await timed(Promise.all(all));
    expect(result.map(({ status }) => status)).toEqual(all.map(() => 200));
    // One after another they would wait for more than 100 round trips.
    expect(ms).toBeLessThan(16 * ROUND_TRIP_MS);
  });
});

describe('a database whose every answer takes seconds', () => {
  afterEach(() => (relay.roundTripMs = 0));

  it('makes a write wait, or fail, but not for long', async () => {
    await Promise.all(Array.from({ length: 8 }, () => write()));
    relay.roundTripMs = 2_000;
    const answers = await Promise.all([write(), write(keyed())].map(timed));
    relay.roundTripMs = 0;
    for (const { result, ms } of answers) {
      expect([200, 503]).toContain(result.status);
      expect(ms).toBeLessThan(9_000);
    }
    await writesAgain();
  });
});

describe('a database that fails over without a sign', () => {
  it('has writes again within 10 seconds of its return', async () => {
    expect((await write()).status).toBe(200);
    relay.die();
    const { result, ms } = await timed(write());
    expect([result.status, result.body['code']]).toEqual([503, 'unavailable']);
    expect(ms).toBeLessThan(7_000);
    const key = keyed();
    const lost = await Promise.all(Array.from({ length: 20 }, () => write(key)));
    expect(lost.map(({ status }) => status)).toEqual(lost.map(() => 503));
    relay.revive();
    const back = await timed(writesAgain());
    expect(back.ms).toBeLessThan(10_000);
    expect((await write(key)).status).toBe(200);
    await expect.poll(storeTrouble).toBeUndefined();
  });
});

describe('a database that refuses', () => {
  /** Has the database say something of each new row of a tool. */
  const refuse = async (sqlState: string, tool = '%') => {
    await other.query(`create or replace function refuse() returns trigger language plpgsql as $$
      begin
        if new.tool like '${tool}' then raise sqlstate '${sqlState}' using message = 'refused'; end if;
        return new;
      end $$`);
    await other.query(
      'create trigger refuse before insert on executions for each row execute function refuse()',
    );
  };
  afterEach(() => other.query('drop trigger if exists refuse on executions'));

  it.each([
    ['its disk is full', '53100', 'is full'],
    ['it has become a standby', '25006', 'can only be read'],
    ['somebody holds a lock', '55P03', 'is locked by somebody else'],
    ['something is wrong with it', 'XX000', 'does not answer'],
  ])('as %s: says so, and writes again when that is over', async (_what, sqlState, trouble) => {
    await refuse(sqlState);
    for (const { status, body } of [await write(), await write(keyed())]) {
      expect([status, body['code']]).toEqual([503, 'unavailable']);
      expect(body['detail']).toContain(`remembers its executions ${trouble}, so nothing was begun`);
    }
    await expect.poll(storeTrouble).toContain('refused');
    await other.query('drop trigger refuse on executions');
    await writesAgain();
    await expect.poll(storeTrouble).toBeUndefined();
  });

  it('one row takes the others, and that one is dropped', async () => {
    await refuse('23514', 'wait_for_x_seconds');
    const reads = Array.from({ length: 6 }, () => api.run('wait_for_x_seconds', { seconds: 0 }));
    expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(reads.map(() => 200));
    await writesAgain();
    const dropped = () => JSON.stringify(server.log).split('A row is dropped').length - 1;
    await expect.poll(dropped).toBe(reads.length);
    await expect.poll(storeTrouble).toBeUndefined();
  });
});

describe('a table that somebody has locked', () => {
  it('fails writes in time, leaves nothing behind, and takes them again', async () => {
    const busy = `select count(*)::int as busy from pg_stat_activity where state = 'active' and query like '%insert into executions%'`;
    await other.query('begin');
    await other.query('lock table executions in access exclusive mode');
    const { result, ms } = await timed(Promise.all(Array.from({ length: 5 }, () => write())));
    for (const { status } of result) expect(status).toBe(503);
    expect(ms).toBeLessThan(7_000);
    await other.query('rollback');
    await writesAgain();
    const { rows } = await other.query<{ busy: number }>(busy);
    expect(rows[0]!.busy).toBeLessThan(3);
  });
});
