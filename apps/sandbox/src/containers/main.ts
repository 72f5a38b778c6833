import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../api-client.js';
import { readRecord } from '../record.js';
import { criLine } from './log-lines.js';
import { type LoggingPod, PodLogs } from './pod-logs.js';

/*
 * Plays the containers of the sandbox, as its argument, the sandbox's record, describes it: writes
 * the logs of every pod labelled sandbox.skyflo.ai/logs and answers what is forwarded to any pod,
 * and analysis runs that ask for metrics.
 */

const selector = encodeURIComponent('sandbox.skyflo.ai/logs');
const newLineMs = 1_000;
const retryMs = 1_000;

const record = readRecord(dirname(process.argv[2] ?? ''));
if (record === undefined) throw new Error('usage: main.js STATE_FOLDER/sandbox.json');
const folder = join(record.stateDir, 'containers');
const api = new ApiClient(record);
const logs = new Map<string, PodLogs>();

prepareFolder();
setInterval(() => {
  for (const log of logs.values()) log.append();
}, newLineMs);
createServer(({ method, url }, response) => {
  response.setHeader('content-type', 'application/json');
  const echo = { from: 'sandbox', method, url };
  const answer = url === '/metrics' ? { errorRate: 0.31 } : echo;
  response.end(`${JSON.stringify(answer)}\n`);
}).listen(record.ports.containers, '127.0.0.1');
await followPods();

/** Lists, then watches; begins anew whenever the API server goes away or ends the watch. */
async function followPods(): Promise<never> {
  for (;;) {
    try {
      const path = `/api/v1/pods?labelSelector=${selector}`;
      const list = await api.get<{ metadata: { resourceVersion: string }; items: LoggingPod[] }>(
        path,
      );
      if (list !== undefined) {
        forgetAllBut(list.items);
        for (const pod of list.items) await play(pod);
        const since = `${path}&resourceVersion=${list.metadata.resourceVersion}`;
        for await (const line of api.watch(since)) {
          const { type, object } = JSON.parse(line) as { type: string; object: LoggingPod };
          if (type === 'ERROR') break;
          if (type === 'DELETED') forget(object.metadata.uid);
          else await play(object);
        }
      }
    } catch (error) {
      complain(error);
    }
    await sleep(retryMs);
  }
}

/** Gives a pod its log files and tells kwok of them, once its containers have a state. */
async function play(pod: LoggingPod): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  if (logs.has(uid) || pod.status?.containerStatuses === undefined) return;
  if (pod.metadata.deletionTimestamp !== undefined) return;
  const podLogs = new PodLogs(join(folder, namespace, name), pod);
  const path = `/apis/kwok.x-k8s.io/v1alpha1/namespaces/${namespace}/logs/${name}`;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name, uid }];
  try {
    await api.patch(`${path}?fieldManager=sandbox&force=true`, 'apply-patch+yaml', {
      apiVersion: 'kwok.x-k8s.io/v1alpha1',
      kind: 'Logs',
      metadata: { name, namespace, ownerReferences },
      spec: podLogs.spec(),
    });
    logs.set(uid, podLogs);
  } catch (error) {
    // One pod that cannot have logs (its namespace goes away) takes none from the others.
    complain(error);
  }
}

function complain(error: unknown): void {
  process.stderr.write(`${new Date().toISOString()} ${String(error)}\n`);
}

function forgetAllBut(pods: LoggingPod[]): void {
  const present = new Set(pods.map(({ metadata }) => metadata.uid));
  for (const uid of logs.keys()) if (!present.has(uid)) forget(uid);
}

function forget(uid: string): void {
  logs.get(uid)?.remove();
  logs.delete(uid);
}

/** The log of the pods that have none of their own, and the files that exec sees. */
function prepareFolder(): void {
  const files = join(folder, 'files');
  mkdirSync(files, { recursive: true, mode: 0o700 });
  writeFileSync(join(files, 'app.conf'), 'currency = EUR\nlog_level = info\n');
  const lines = ['starting', 'listening on :8080', 'ready'].map((text) =>
    criLine(new Date(), 'stdout', `level=info msg="${text}"`),
  );
  writeFileSync(join(folder, 'default.log'), lines.join(''));
}
