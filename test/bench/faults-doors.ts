import { setTimeout as sleep } from 'node:timers/promises';
import { LargeApi } from '../support/large-api.js';
import { memoryOf } from '../support/process-state.js';
import { SlowClient } from '../support/slow-client.js';
import { cancelFaults } from './faults-cancels.js';
import { writeContextBeside } from './fault-kubeconfig.js';
import { measureFault, type FaultLab, type Subject } from './fault-lab.js';
import { programFaults } from './faults-programs.js';
import type { FaultRow } from './fault-row.js';

const READERS = 300;
const FOLLOWERS = 1_000;
const ENDLESS = 10;
const STORMS = 4;
const STREAMS = 6_000;

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'default', uid: 'a' },
  spec: { containers: [{ name: 'a' }] },
  status: { phase: 'Running' },
};
const PODS = '/api/v1/namespaces/default/pods';
const LOGS = '/engine/v1/tools/k8s/k8s_logs/execute';

/** Clients that do not read, answers without end, many programs, many cancels. */
export async function doorFaults(lab: FaultLab): Promise<FaultRow[]> {
  return [
    // One after another: each takes all that the machine can give.
    await unreadAnswers(lab),
    await unreadEvents(lab),
    await endlessAnswers(lab),
    await storms(lab),
    ...(await programFaults(lab)),
    ...(await cancelFaults(lab)),
  ];
}

async function unreadAnswers(lab: FaultLab): Promise<FaultRow> {
  const { api, server } = await startOnLarge(lab, { MAX_OUTPUT_CHARS: '1000000' });
  api.text(`${PODS}/a/log`, `${'0123456789'.repeat(10)}\n`, 10_000);
  const body = { pod_name: 'a', context: 'large', num_lines: -1 };
  const fault = `${READERS} clients ask for 1 MB of logs each and read nothing`;
  return measureFault(fault, [server], () =>
    peakOf(server, async () => {
      const clients = Array.from({ length: READERS }, () =>
        SlowClient.send(server.url, LOGS, { body }),
      );
      await sleep(8_000);
      for (const client of clients) client.close();
      return '';
    }),
  );
}

async function unreadEvents(lab: FaultLab): Promise<FaultRow> {
  const { api, server } = await startOnLarge(lab, { MAX_KEPT_OUTPUT_CHARS: '50000000' });
  api.text(`${PODS}/a/log`, `${'0123456789'.repeat(10)}\n`, 100_000);
  const fault = `${FOLLOWERS} readers of an event stream of 10 MB read nothing`;
  return measureFault(fault, [server], () =>
    peakOf(server, async () => {
      const args = { pod_name: 'a', context: 'large', follow: true, timeout_seconds: 60 };
      const id = await server.api.start('k8s_logs', args);
      const path = `/engine/v1/executions/${id}/events`;
      const clients = Array.from({ length: FOLLOWERS }, () => SlowClient.send(server.url, path));
      await sleep(10_000);
      for (const client of clients) client.close();
      return '';
    }),
  );
}

async function endlessAnswers(lab: FaultLab): Promise<FaultRow> {
  const { api, server } = await startOnLarge(lab);
  api.text(PODS, 'x'.repeat(60_000), Infinity);
  return measureFault(`${ENDLESS} answers of an API server without an end`, [server], () =>
    peakOf(server, async () => {
      const calls = Array.from({ length: ENDLESS }, (_, index) =>
        server.api.run('k8s_get', {
          resource_type: 'pods',
          context: 'large',
          label_selector: `a=b${index}`,
        }),
      );
      const ended = await Promise.all(calls);
      const codes = new Set(ended.map(({ status, body }) => `${status} ${String(body['code'])}`));
      return `${[...codes].join(', ')}; `;
    }),
  );
}

async function storms(lab: FaultLab): Promise<FaultRow> {
  const server = await lab.startServer();
  return measureFault(`${STORMS} storms of ${STREAMS} streams`, [server], async () => {
    const before = memoryOf(server.pid);
    const after: number[] = [];
    for (let storm = 0; storm < STORMS; storm++) {
      const id = await server.api.start('wait_for_x_seconds', { seconds: 60 });
      const path = `/engine/v1/executions/${id}/events`;
      for (let begun = 0; begun < STREAMS; begun += 200) {
        const clients = Array.from({ length: 200 }, () => SlowClient.send(server.url, path));
        await Promise.all(clients.map((client) => client.readTo('\n\n')));
        for (const client of clients) client.close();
      }
      await server.api.cancel(id);
      after.push(memoryOf(server.pid));
    }
    await sleep(15_000);
    return `${mb(before)} before, ${after.map(mb).join(', ')} after each, ${mb(memoryOf(server.pid))} 15 s later`;
  });
}

/** Starts a server that has a context, `large`, whose API server holds more than others. */
async function startOnLarge(
  lab: FaultLab,
  env?: Record<string, string>,
): Promise<{ api: LargeApi; server: Subject }> {
  const api = await LargeApi.start();
  lab.onEnd(() => api.stop());
  api.json(`${PODS}/a`, POD);
  const KUBECONFIG = writeContextBeside(lab.sandbox, 'large', api.url);
  return { api, server: await lab.startServer({ KUBECONFIG, ...env }) };
}

/** Does something, and tells the most memory that the server took meanwhile, and what it keeps. */
async function peakOf(server: Subject, act: () => Promise<string>): Promise<string> {
  const before = memoryOf(server.pid);
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, memoryOf(server.pid))), 20);
  try {
    const said = await act();
    const after = memoryOf(server.pid);
    await sleep(10_000);
    const figures = `memory ${mb(before)} before, ${mb(peak)} at most, ${mb(after)} at its end`;
    return `${said}${figures}, ${mb(memoryOf(server.pid))} 10 s later`;
  } finally {
    clearInterval(timer);
  }
}

function mb(megabytes: number): string {
  return `${megabytes.toFixed(0)} MB`;
}
