import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { Postgres } from '../support/postgres.js';
import { spawnServer } from '../support/server-process.js';
import { SilentRelay } from '../support/silent-relay.js';
import type { FaultRow } from './fault-row.js';

const CALLERS = 200;

export async function storeFaults(): Promise<FaultRow[]> {
  const postgres = await Postgres.start();
  const rows: FaultRow[] = [];
  try {
    for (const [rtt, secs] of [[0, 5], [1, 5], [5, 5], [20, 5], [2000, 20]] as const) {
      for (const keyed of [false, true]) rows.push(await distant(postgres, rtt, secs, keyed));
    }
  } finally {
    await postgres.stop();
  }
  return rows;
}

export async function distant(postgres: Postgres, rtt: number, seconds: number, keyed: boolean): Promise<FaultRow> {
  const url = new URL(postgres.url);
  const relay = await SilentRelay.open(Number(url.port));
  url.port = String(relay.port);
  const server = await spawnServer({ KUBECONFIG: 'none', DATABASE_URL: url.href, CALLER_SHARE_PERCENT: '100' }, { readsLog: false });
  relay.roundTripMs = rtt;
  const pool = new Pool(server.url, { connections: CALLERS });
  const statuses = new Map<number, number>();
  let longest = 0;
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const work = async () => {
    while (performance.now() < end) {
      const at = performance.now();
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (keyed) headers['idempotency-key'] = randomUUID();
      const r = await pool.request({ method: 'POST', path: '/engine/v1/tools/k8s/k8s_port_forward_stop/execute', headers, body: '{"id":"all","dry_run":true}' });
      await r.body.dump();
      statuses.set(r.statusCode, (statuses.get(r.statusCode) ?? 0) + 1);
      times.push(performance.now() - at);
      longest = Math.max(longest, performance.now() - at);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, work));
  const took = (performance.now() - started) / 1000;
  const good = statuses.get(200) ?? 0;
  times.sort((a, b) => a - b);
  await pool.close();
  await server.stop('SIGKILL');
  relay.close();
  return { fault: `rtt ${rtt} ${keyed ? 'keyed' : ''}`, figure: `${(good / took).toFixed(0)} /s, p50 ${times[times.length >> 1]!.toFixed(0)} ms longest ${longest.toFixed(0)}; ${JSON.stringify([...statuses])}` };
}
