import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#sandbox';
import { measureFault, sideBySide, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';
import { timeWrites, untilWritten, write } from './fault-writes.js';

const LOCKED_MS = 20_000;
const MANY = 500_000;
const OLD_MB = 300;
const LIMIT_MB = 20;
const DISK_MB = 8;

/** What happens to the file of an SQLite database. */
export async function fileFaults(lab: FaultLab): Promise<FaultRow[]> {
  const waiting = await sideBySide(lab, [locked, fullDisk]);
  return [...waiting, ...(await manyExecutions(lab)), await old(lab)];
}

async function locked(lab: FaultLab): Promise<FaultRow> {
  const EXECUTIONS_FILE = fileOf(lab);
  const server = await lab.startServer({ EXECUTIONS_FILE });
  const fault = `SQLite locked by another process for ${LOCKED_MS / 1_000} s`;
  return measureFault(fault, [server], async () => {
    await write(server);
    const other = new DatabaseSync(EXECUTIONS_FILE, { timeout: 5_000 });
    other.exec('begin exclusive');
    const until = performance.now() + LOCKED_MS;
    const first = await timed(() => write(server));
    let slowestMs = 0;
    while (performance.now() < until) {
      const read = await timed(() => server.api.run('k8s_port_forward_list'));
      slowestMs = Math.max(slowestMs, read.ms);
      await sleep(20);
    }
    other.close();
    const backMs = await untilWritten(server);
    return `a write is ${first.result} after ${first.ms.toFixed(0)} ms, reads ≤ ${slowestMs.toFixed(0)} ms; it writes again after ${backMs.toFixed(0)} ms; ${await timeWrites([server])}`;
  });
}

async function fullDisk(lab: FaultLab): Promise<FaultRow> {
  const fault = `SQLite on a disk of ${DISK_MB} MB that is full`;
  const folder = join(lab.sandbox.stateDir, `full-${randomUUID()}`);
  mkdirSync(folder);
  const disk = ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', folder];
  try {
    execFileSync('mount', disk, { stdio: 'ignore' });
  } catch {
    return { fault, figure: 'not tried: this user may mount nothing' };
  }
  lab.onEnd(() => execFileSync('umount', ['-l', folder]));
  const EXECUTIONS_FILE = join(folder, 'executions.db');
  const server = await lab.startServer({ EXECUTIONS_FILE });
  return measureFault(fault, [server], async () => {
    await write(server);
    const filler = join(folder, 'filler');
    execFileSync('sh', ['-c', `cat /dev/zero > ${filler} || true`], { stdio: 'ignore' });
    const refuses = async () => {
      const args = { id: 'all', dry_run: true };
      const { status, body } = await server.api.run('k8s_port_forward_stop', args);
      return status === 503 && String(body['detail']);
    };
    const refused = await waitFor(refuses, { what: 'a write to be refused' });
    execFileSync('rm', [filler]);
    const backMs = await untilWritten(server);
    return `"${refused}"; it writes again ${backMs.toFixed(0)} ms after there is room; ${await timeWrites([server])}`;
  });
}

async function manyExecutions(lab: FaultLab): Promise<FaultRow[]> {
  const EXECUTIONS_FILE = fileOf(lab);
  await (await lab.startServer({ EXECUTIONS_FILE })).stop();
  fill(EXECUTIONS_FILE);
  const server = await lab.startServer({ EXECUTIONS_FILE });
  const filters: Record<string, string>[] = [
    {},
    { status: 'running' },
    { status: 'interrupted' },
    { tool: 'helm_rollback' },
    { tool: 'k8s_get', status: 'queued' },
    { tool: 'k8s_get', since: '2020-01-01T00:00:00Z', until: '2020-01-02T00:00:00Z' },
  ];
  const rows: FaultRow[] = [];
  for (const filter of filters) {
    const what = new URLSearchParams(filter).toString() || 'no filter';
    const fault = `list of ${MANY} executions, ${what}; SQLite`;
    const list = () => timed(() => server.api.list(filter));
    rows.push(
      await measureFault(fault, [server], async () => {
        const { result, ms } = await list();
        const again = await Promise.all(Array.from({ length: 20 }, list));
        const slowest = Math.max(...again.map((one) => one.ms));
        return `${result.body.executions.length} in ${ms.toFixed(1)} ms, 20 at once ≤ ${slowest.toFixed(0)} ms`;
      }),
    );
  }
  return rows;
}

function fill(file: string): void {
  using database = new DatabaseSync(file);
  const tools = ['k8s_get', 'k8s_describe', 'k8s_logs', 'k8s_apply', 'helm_status'];
  const columns = 'id, tool, category, caller, status, replica, created_at, size';
  const insert = database.prepare(
    `insert into executions (${columns}) values (?, ?, 'k8s', ?, ?, 'gone', ?, 700)`,
  );
  const now = Date.now();
  database.exec('begin');
  for (let count = 0; count < MANY; count++) {
    const tool = count === MANY / 2 ? 'helm_rollback' : tools[count % tools.length]!;
    const status = count % 300 === 0 ? 'failed' : 'succeeded';
    const at = new Date(now - count * 1_000).toISOString();
    insert.run(randomUUID(), tool, `127.0.0.${count % 10}`, status, at);
  }
  database.exec('commit');
}

/** A file that an older server has made, without room for an incremental vacuum. */
async function old(lab: FaultLab): Promise<FaultRow> {
  const EXECUTIONS_FILE = fileOf(lab);
  const made = new DatabaseSync(EXECUTIONS_FILE);
  made.exec('create table old (a); drop table old');
  made.close();
  await (await lab.startServer({ EXECUTIONS_FILE })).stop();
  using database = new DatabaseSync(EXECUTIONS_FILE);
  const insert = database.prepare(
    `insert into executions (id, tool, category, caller, status, replica, created_at, size, output)
     values (?, 'k8s_exec', 'k8s', 'c', 'succeeded', 'gone', ?, 1000000, ?)`,
  );
  const output = 'x'.repeat(1_000_000);
  for (let count = 0; count < OLD_MB; count++) {
    insert.run(randomUUID(), new Date(Date.now() - count).toISOString(), output);
  }
  database.close();
  const megabytes = () => statSync(EXECUTIONS_FILE).size / 1_000_000;
  const before = megabytes();
  const server: Subject = await lab.startServer({
    EXECUTIONS_FILE,
    EXECUTIONS_MAX_MB: String(LIMIT_MB),
  });
  const fault = `a file of an older server, limit lowered to ${LIMIT_MB} MB; SQLite`;
  return measureFault(fault, [server], async () => {
    const startedAt = performance.now();
    let slowestMs = 0;
    while (megabytes() > 1.5 * LIMIT_MB) {
      slowestMs = Math.max(slowestMs, (await timed(() => write(server))).ms);
    }
    const ms = performance.now() - startedAt;
    return `${before.toFixed(0)} MB → ${megabytes().toFixed(0)} MB within ${ms.toFixed(0)} ms, writes meanwhile ≤ ${slowestMs.toFixed(0)} ms`;
  });
}

async function timed<T>(act: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const startedAt = performance.now();
  const result = await act();
  return { result, ms: performance.now() - startedAt };
}

function fileOf({ sandbox }: FaultLab): string {
  return join(sandbox.stateDir, `faults-${randomUUID()}.db`);
}
