import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { SilentRelay } from '../support/silent-relay.js';
import { measureFault, sideBySide, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';
import { timeWrites, untilWritten, write } from './fault-writes.js';
import { median } from './measure.js';

const CALLERS = 200;
const MEASURED_MS = 3_000;
const SLOW_MEASURED_MS = 15_000;
const SLOW_MS = 2_000;
const AWAY_MS = 6_000;
/** A write that asks no cluster: what is left is its being remembered. */
const WRITE = ['k8s_port_forward_stop', { id: 'all', dry_run: true }] as const;

/** What a network does between a server and PostgreSQL. */
export async function databaseFaults(lab: FaultLab): Promise<FaultRow[]> {
  const away = await sideBySide(lab, [slow, silentFailover, followedElsewhere]);
  return [...(await distances(lab)), ...away];
}

/** Starts a server that reaches a PostgreSQL of its own by a relay. */
async function startBehindRelay(lab: FaultLab) {
  const postgres = await lab.startPostgres();
  const url = new URL(postgres.url);
  const relay = await SilentRelay.open(Number(url.port));
  lab.onEnd(() => relay.close());
  url.port = String(relay.port);
  const env = { DATABASE_URL: url.href, CALLER_SHARE_PERCENT: '100' };
  return { relay, server: await lab.startServer(env) };
}

async function distances(lab: FaultLab): Promise<FaultRow[]> {
  const { relay, server } = await startBehindRelay(lab);
  const rows: FaultRow[] = [];
  for (const roundTripMs of [0, 1, 5, 20]) {
    relay.roundTripMs = roundTripMs;
    for (const isKeyed of [false, true]) rows.push(await distant(server, roundTripMs, isKeyed));
  }
  return rows;
}

async function distant(server: Subject, roundTripMs: number, isKeyed: boolean): Promise<FaultRow> {
  const what = isKeyed ? ', each with an idempotency key' : '';
  const fault = `PostgreSQL ${roundTripMs} ms away, writes of ${CALLERS} callers${what}`;
  return measureFault(fault, [server], async () => {
    const { good, bad, tookMs } = await storm(server, MEASURED_MS, isKeyed);
    const perSecond = (good.length / tookMs) * 1_000;
    const failures = bad.length > 0 ? `, ${bad.length} failed NOT GOOD` : '';
    return `${perSecond.toFixed(0)} a second, p50 ${median(good).toFixed(0)} ms${failures}`;
  });
}

async function slow(lab: FaultLab): Promise<FaultRow> {
  const { relay, server } = await startBehindRelay(lab);
  await storm(server, 500, true);
  relay.roundTripMs = SLOW_MS;
  const fault = `PostgreSQL whose every answer takes ${SLOW_MS / 1_000} s`;
  return measureFault(fault, [server], async () => {
    const { good, bad } = await storm(server, SLOW_MEASURED_MS, false);
    const failed = bad.length > 0 ? `the slowest after ${Math.max(...bad).toFixed(0)} ms` : '-';
    return `${good.length} writes done, p50 ${median(good).toFixed(0)} ms; ${bad.length} unavailable, ${failed}`;
  });
}

/** Writes as fast as the callers can. @returns how long each took, in milliseconds */
async function storm({ url }: Subject, ms: number, isKeyed: boolean) {
  const pool = new Pool(url, { connections: CALLERS });
  const good: number[] = [];
  const bad: number[] = [];
  const [tool, args] = WRITE;
  const startedAt = performance.now();
  const work = async () => {
    while (performance.now() < startedAt + ms) {
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: `/engine/v1/tools/k8s/${tool}/execute`,
        headers: {
          'content-type': 'application/json',
          ...(isKeyed && { 'idempotency-key': randomUUID() }),
        },
        body: JSON.stringify(args),
      });
      await body.dump();
      (statusCode === 200 ? good : bad).push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, work));
  const tookMs = performance.now() - startedAt;
  await pool.close();
  return { good, bad, tookMs };
}

async function silentFailover(lab: FaultLab): Promise<FaultRow> {
  const { relay, server } = await startBehindRelay(lab);
  return measureFault('PostgreSQL fails over without a sign', [server], async () => {
    await write(server);
    relay.die();
    const sentAt = performance.now();
    const status = await write(server);
    const failedMs = performance.now() - sentAt;
    await sleep(AWAY_MS);
    relay.revive();
    const backMs = await untilWritten(server);
    const after = await timeWrites([server]);
    return `${status} after ${failedMs.toFixed(0)} ms, writes again ${backMs.toFixed(0)} ms after it is back; ${after}`;
  });
}

async function followedElsewhere(lab: FaultLab): Promise<FaultRow> {
  const { postgres, a, b } = await lab.startReplicas();
  const fault = `PostgreSQL ends for ${AWAY_MS / 1_000} s; a call is waited for on another replica`;
  return measureFault(fault, [a, b], async () => {
    const id = await a.api.start('wait_for_x_seconds', { seconds: (2 * AWAY_MS) / 1_000 });
    const waited = b.api.run('execution_wait', { execution_id: id, timeout_seconds: 60 });
    const followed = await b.api.follow(id);
    await postgres.pause();
    await sleep(AWAY_MS);
    await postgres.resume();
    const { status, body } = await waited;
    const { data: end } = await followed.result();
    const said = /: (\w+) after/.exec(String(body['result']))?.[1];
    return `the wait is answered ${status}, ${said}; the stream ends with ${String(end['status'])}`;
  });
}
