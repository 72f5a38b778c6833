import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#sandbox';
import { writeGreeterChart } from '../support/greeter-chart.js';
import { childrenOf, membersOf, statOf } from '../support/process-state.js';
import { measureFault, sideBySide, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';

const GRACE_SECONDS = 1;
const LONG_CALL = ['wait_for_x_seconds', { seconds: 60 }] as const;
const NAMESPACE = 'bench-faults-helm';

/** The end of a server: told, interrupted, killed. */
export async function endFaults(lab: FaultLab): Promise<FaultRow[]> {
  await lab.sandbox.kubectl(['create', 'namespace', NAMESPACE]);
  lab.onEnd(() => lab.sandbox.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']));
  return sideBySide(lab, [
    frozenPostgres,
    lockedSqlite,
    terminalCloses,
    interruptedTwice,
    killedWithHelm,
  ]);
}

async function frozenPostgres(lab: FaultLab): Promise<FaultRow> {
  const { postgres, a, b } = await lab.startReplicas(graceOf(GRACE_SECONDS));
  return measureEnd(
    `SIGTERM, PostgreSQL frozen, one of two replicas runs a call`,
    [a, b],
    async () => {
      await a.api.start(...LONG_CALL);
      postgres.freeze();
      try {
        const [ofBusy, ofIdle] = await Promise.all([a, b].map((server) => timeEnd(server)));
        return `ended after ${ofBusy} s, the idle one after ${ofIdle} s (bound: ${GRACE_SECONDS + 5} s)`;
      } finally {
        postgres.thaw();
      }
    },
  );
}

async function lockedSqlite(lab: FaultLab): Promise<FaultRow> {
  const EXECUTIONS_FILE = join(lab.sandbox.stateDir, `faults-${randomUUID()}.db`);
  const server = await lab.startServer({ ...graceOf(GRACE_SECONDS), EXECUTIONS_FILE });
  return measureEnd('SIGTERM, SQLite locked by another process', [server], async () => {
    await server.api.start(...LONG_CALL);
    using other = new DatabaseSync(EXECUTIONS_FILE, { timeout: 5_000 });
    other.exec('begin exclusive');
    return `ended after ${await timeEnd(server)} s (bound: ${GRACE_SECONDS + 5} s)`;
  });
}

async function terminalCloses(lab: FaultLab): Promise<FaultRow> {
  const server = await lab.startServer(graceOf(30));
  return measureEnd('SIGHUP while a call runs', [server], async () => {
    const call = server.api.run('wait_for_x_seconds', { seconds: 2 });
    await running(server);
    const startedAt = performance.now();
    const end = timeEnd(server, 'SIGHUP');
    const ready = () => fetch(`${server.url}/health/ready`);
    await waitFor(async () => (await ready()).status === 503, { what: 'readiness to be 503' });
    const tookMs = performance.now() - startedAt;
    const { status } = await call;
    return `the call is answered ${status}, ready is 503 after ${tookMs.toFixed(0)} ms, ended after ${await end} s`;
  });
}

async function interruptedTwice(lab: FaultLab): Promise<FaultRow> {
  const { server, pid } = await withHelm(lab, 'twice');
  return measureEnd('two SIGINTs within 10 ms while helm runs', [server], async () => {
    const end = timeEnd(server, 'SIGINT');
    await sleep(10);
    process.kill(server.pid, 'SIGINT');
    const seconds = await end;
    return `ended after ${seconds} s, helm after ${await timeGone(pid)} s more`;
  });
}

async function killedWithHelm(lab: FaultLab): Promise<FaultRow> {
  const { server, pid } = await withHelm(lab, 'killed');
  const other = await lab.startServer({ HELM_CHARTS_DIR: chartsOf(lab) });
  return measureFault('SIGKILL while helm runs', [other], async () => {
    await server.stop('SIGKILL');
    const seconds = await timeGone(pid);
    const at = { release_name: 'killed', namespace: NAMESPACE };
    const told = await other.api.run('helm_status', at);
    const status = /STATUS: (\S+)/.exec(String(told.body['result']))?.[1];
    const again = await other.api.run('helm_upgrade', { ...at, chart: './greeter' });
    const [wayOn] = /remove it with \w+|use \w+/i.exec(String(again.body['detail'])) ?? [];
    return `helm ended after ${seconds} s, the release is ${status}, the way to recover: ${wayOn}`;
  });
}

/** Starts a server, and on it an install whose pods do not get ready. */
async function withHelm(lab: FaultLab, release: string): Promise<{ server: Subject; pid: number }> {
  const HELM_CHARTS_DIR = chartsOf(lab);
  writeGreeterChart(HELM_CHARTS_DIR, '1.0.0');
  const server = await lab.startServer({ ...graceOf(30), HELM_CHARTS_DIR });
  await server.api.start('helm_install_with_values', {
    chart: './greeter',
    namespace: NAMESPACE,
    release_name: release,
    values: 'ready: false\n',
    wait: true,
    timeout_seconds: 120,
  });
  const args = ['-n', NAMESPACE, 'get', `deployment/${release}`, '--ignore-not-found', '-o=name'];
  await waitFor(async () => (await lab.sandbox.kubectl(args)) !== '', { what: 'the Deployment' });
  const pid = childrenOf(server.pid).find((child) => statOf(child)?.name === 'helm');
  if (pid === undefined) throw new Error('No helm runs.');
  return { server, pid };
}

function chartsOf({ sandbox }: FaultLab): string {
  return join(sandbox.stateDir, 'faults-charts');
}

function measureEnd(fault: string, servers: Subject[], act: () => Promise<string>) {
  return measureFault(fault, servers, act, { mayEnd: true });
}

/** Ends a server by a signal. @returns seconds */
async function timeEnd(server: Subject, signal: NodeJS.Signals = 'SIGTERM'): Promise<string> {
  const startedAt = performance.now();
  await server.stop(signal);
  return secondsSince(startedAt);
}

/** Waits until all of a process group is gone. @returns seconds */
async function timeGone(group: number): Promise<string> {
  const startedAt = performance.now();
  await waitFor(() => membersOf(group).length === 0, { what: 'helm to end', timeoutMs: 30_000 });
  return secondsSince(startedAt);
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1_000).toFixed(1);
}

async function running({ api }: Subject): Promise<void> {
  const list = () => api.list({ status: 'running' });
  await waitFor(async () => (await list()).body.executions.length > 0, { what: 'a call to run' });
}

function graceOf(seconds: number): Record<string, string> {
  return { SHUTDOWN_GRACE_SECONDS: String(seconds) };
}
