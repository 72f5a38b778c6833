import { apiPool, textOf } from '../support/api.js';
import { latencyOf, median } from './measure.js';
import { printTable } from './print-table.js';
import { memoryOf } from '../support/process-state.js';
import { toolClient } from './tool-client.js';

const ROUNDS = 8;
const CALLS = 5;
const FIELDS = 'NAME:.metadata.name,IMAGES:.spec.containers[*].image,NODE:.spec.nodeName';

interface Measured {
  kubeconfig: string;
  server: { url: string; pid: number };
  namespace: string;
}

/** Measures `k8s_get` with `fields` beside the raw fetch of the same objects, in turns. */
export async function benchFields({ kubeconfig, server, namespace }: Measured): Promise<void> {
  const pool = apiPool(kubeconfig);
  const { call, close } = toolClient(server.url, 'k8s');
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const headers = { accept: 'application/json' };
  const fetchRaw = async () => textOf(await pool.request({ method: 'GET', path, headers }));
  const args = { resource_type: 'pods', namespace, fields: FIELDS };
  const raw: number[] = [];
  const tool: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    raw.push((await latencyOf(fetchRaw, CALLS)).p50);
    tool.push((await latencyOf(() => call('k8s_get', args), CALLS)).p50);
  }
  const ratio = median(tool) / median(raw);
  printTable(
    ['fields of the large namespace', 'figure', 'goal'],
    [
      ['raw fetch of the objects, p50', `${median(raw).toFixed(1)} ms`, ''],
      ['k8s_get with fields, p50', `${median(tool).toFixed(1)} ms`, ''],
      ['× raw', ratio.toFixed(2), '≤ 2.0'],
      ['memory afterwards', `${memoryOf(server.pid).toFixed(0)} MB`, '≤ 250 MB'],
    ],
  );
  await Promise.all([pool.close(), close()]);
}
