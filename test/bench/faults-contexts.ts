import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiGate } from '../support/api-gate.js';
import { writeGreeterChart } from '../support/greeter-chart.js';
import { readJson } from '../support/rest.js';
import { countsOf, FaultCaller, slowestOf, type Ended } from './fault-callers.js';
import { sandboxAccess, writeContextBeside } from './fault-kubeconfig.js';
import { measureFault, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';

const CALLS = 500;
const CALLERS = 5;
const SLOW_MS = 5_000;
const NAMESPACE = 'bench-faults-contexts';

/** A server with two contexts, `sandbox` and `gate`, which leads to the same cluster. */
interface Contexts {
  gate: ApiGate;
  server: Subject;
  callers: FaultCaller[];
  /** Nobody of them. */
  other: FaultCaller;
}

/** What one cluster, and one caller, can do to the others. */
export async function contextFaults(lab: FaultLab): Promise<FaultRow[]> {
  await lab.sandbox.kubectl(['create', 'namespace', NAMESPACE]);
  lab.onEnd(() => lab.sandbox.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']));
  const calls = [await silentCluster(lab), await slowCluster(lab)];
  // One after another: each takes all that the machine can give.
  return [...calls, await waits(lab), await helmWaits(lab)];
}

async function silentCluster(lab: FaultLab): Promise<FaultRow> {
  const { gate, server, callers, other } = await openContexts(lab);
  const fault = `a cluster that answers nothing; ${CALLS} calls of ${CALLERS} callers to it`;
  return measureFault(fault, [server], async () => {
    gate.freeze();
    const startedAt = performance.now();
    const flood = floodOf(callers);
    const reads = readsUntil(flood, other);
    await untilRefused(other);
    const refused = performance.now() - startedAt;
    const { body } = await readJson(`${server.url}/health/ready`);
    const ended = await flood;
    const thawedAt = performance.now();
    gate.thaw();
    while ((await other.call('k8s_get', read('gate'))).status !== 200) await sleep(50);
    const back = performance.now() - thawedAt;
    return [
      `other context: slowest of ${(await reads).length} reads ${slowestOf(await reads)}`,
      `refused at once after ${seconds(refused)}`,
      `ready says ${String(body['status'])}`,
      `calls: ${countsOf(ended)}, the last after ${slowestOf(ended)}`,
      `used again ${seconds(back)} after it answers`,
    ].join('; ');
  });
}

async function slowCluster(lab: FaultLab): Promise<FaultRow> {
  const { gate, server, callers, other } = await openContexts(lab);
  const fault = `a cluster that needs ${SLOW_MS / 1_000} s an answer; ${CALLS} calls of ${CALLERS} callers to it`;
  return measureFault(fault, [server], async () => {
    gate.delayMs = SLOW_MS;
    const flood = floodOf(callers);
    const reads = await readsUntil(flood, other);
    const ended = await flood;
    const timedOut = ended.filter(({ code }) => code === 'timeout').length;
    return [
      `other context: slowest of ${reads.length} reads ${slowestOf(reads)}`,
      `calls: ${countsOf(ended)}, the last after ${slowestOf(ended)}${timedOut > 0 ? ' NOT GOOD' : ''}`,
    ].join('; ');
  });
}

async function waits(lab: FaultLab): Promise<FaultRow> {
  const { server, callers, other } = await openContexts(lab);
  const [caller] = callers as [FaultCaller];
  await lab.sandbox.kubectl([
    '-n',
    NAMESPACE,
    'create',
    'deployment',
    'stuck',
    '--image=a:invalid-tag',
  ]);
  return measureFault('400 waits of one caller (k8s_rollout_status)', [server], async () => {
    const args = { namespace: NAMESPACE, name: 'stuck', timeout_seconds: 10, context: 'sandbox' };
    const flood = Promise.all(
      Array.from({ length: 400 }, () => caller.call('k8s_rollout_status', args)),
    );
    await sleep(1_000);
    const own = await caller.call('k8s_get', read('sandbox'));
    const theirs = await other.call('k8s_get', read('sandbox'));
    const ended = await flood;
    return `another's read ${seconds(theirs.ms)}, its own ${seconds(own.ms)}; waits: ${countsOf(ended)}`;
  });
}

async function helmWaits(lab: FaultLab): Promise<FaultRow> {
  const HELM_CHARTS_DIR = join(lab.sandbox.stateDir, 'faults-charts');
  writeGreeterChart(HELM_CHARTS_DIR, '1.0.0');
  const { server, callers } = await openContexts(lab, { HELM_CHARTS_DIR });
  const [caller] = callers as [FaultCaller];
  return measureFault('16 helm waits of one caller', [server], async () => {
    const install = (index: number) =>
      caller.call('helm_install_with_values', {
        chart: './greeter',
        namespace: NAMESPACE,
        release_name: `wait-${index}`,
        values: 'ready: false\n',
        wait: true,
        timeout_seconds: 10,
        context: 'sandbox',
      });
    const flood = Promise.all(Array.from({ length: 16 }, (_, index) => install(index)));
    await sleep(5_000);
    const lists: Ended[] = [];
    for (let count = 0; count < 10; count++) {
      lists.push(await caller.call('helm_list_releases', { namespace: NAMESPACE, all: true }));
    }
    await flood;
    return `slowest of ${lists.length} helm_list_releases of the same caller ${slowestOf(lists)}`;
  });
}

async function openContexts(lab: FaultLab, env: Record<string, string> = {}): Promise<Contexts> {
  const gate = await ApiGate.open(sandboxAccess(lab.sandbox));
  lab.onEnd(() => gate.close());
  const KUBECONFIG = writeContextBeside(lab.sandbox, 'gate', gate.url);
  const server = await lab.startServer({ KUBECONFIG, ...env });
  const addresses = Array.from({ length: CALLERS + 1 }, (_, index) => `127.0.0.${index + 2}`);
  const all = addresses.map((address) => new FaultCaller(server, address));
  lab.onEnd(() => all.forEach((caller) => caller.close()));
  const [other, ...callers] = all as [FaultCaller, ...FaultCaller[]];
  // So that what each of them knows of its cluster is there.
  for (const context of ['sandbox', 'gate']) await other.call('k8s_get', read(context));
  return { gate, server, callers, other };
}

/** Parameters of a read that shares its request with no other. */
function read(context: string): object {
  const label_selector = `call=c${randomUUID()}`;
  return { resource_type: 'configmaps', namespace: NAMESPACE, context, label_selector };
}

function floodOf(callers: readonly FaultCaller[]): Promise<Ended[]> {
  const calls = Array.from({ length: CALLS }, (_, index) => callers[index % callers.length]!);
  return Promise.all(calls.map((caller) => caller.call('k8s_get', read('gate'))));
}

/** Reads the other context, one read after another, as long as something lasts. */
async function readsUntil(lasting: Promise<unknown>, caller: FaultCaller): Promise<Ended[]> {
  const over = new AbortController();
  const end = () => over.abort();
  lasting.then(end, end);
  const ended: Ended[] = [];
  while (!over.signal.aborted) {
    ended.push(await caller.call('k8s_get', read('sandbox')));
    await sleep(50);
  }
  return ended;
}

/** Waits until a call to the gate is refused in less than half a second. */
async function untilRefused(caller: FaultCaller): Promise<void> {
  for (;;) {
    const { code, ms } = await caller.call('k8s_get', read('gate'));
    if (code === 'unavailable' && ms < 500) return;
    await sleep(100);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
