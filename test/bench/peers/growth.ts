import pMap from 'p-map';
import type { Sandbox } from '#sandbox';
import { apiPool, CONNECTIONS, textOf } from '../../support/api.js';
import { configMap } from '../config-map.js';
import { latencyOf } from '../measure.js';
import { toolClient } from '../tool-client.js';
import { treeMemoryOf } from './process-tree.js';

const NAMESPACE = 'bench-growth';
const COUNTS = [100, 1_000, 10_000, 50_000] as const;
const CALLS = 3;
/** Different values, so that a count of each is a short answer about all objects. */
const VALUES = 10;

/** What one read of so many objects takes. */
export interface Growth {
  objects: number;
  /** Milliseconds of the raw list of all objects, in one answer. */
  rawMs: number;
  /** Milliseconds of a list: what fits into the answer. */
  firstMs: number;
  /** Milliseconds of a tool that has to read every object. */
  allMs: number;
  /** Resident memory of the server afterwards, in MB. */
  memoryMb: number;
}

/** Measures reads of more and more ConfigMaps. */
export async function measureGrowth(
  sandbox: Sandbox,
  { url, pid }: { url: string; pid: number },
): Promise<Growth[]> {
  const api = apiPool(sandbox.kubeconfig);
  const { call, close } = toolClient(url, 'k8s');
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
  const create = async (number: number) => {
    const body = JSON.stringify(configMap(NAMESPACE, `m-${number}`, String(number % VALUES)));
    const headers = { 'content-type': 'application/json' };
    await textOf(await api.request({ method: 'POST', path, headers, body }));
  };
  const readRaw = async () => textOf(await api.request({ method: 'GET', path }));
  const first = { resource_type: 'configmaps', namespace: NAMESPACE };
  const all = { ...first, fields: 'VALUE:.data.value', distinct: true };
  await sandbox.kubectl(['create', 'namespace', NAMESPACE]);
  const growth: Growth[] = [];
  let made = 0;
  for (const objects of COUNTS) {
    process.stderr.write(`Creating ${objects - made} ConfigMaps...\n`);
    const numbers = Array.from({ length: objects - made }, (_, index) => made + index);
    await pMap(numbers, create, { concurrency: CONNECTIONS });
    made = objects;
    growth.push({
      objects,
      rawMs: (await latencyOf(readRaw, CALLS)).p50,
      firstMs: (await latencyOf(() => call('k8s_get', first), CALLS)).p50,
      allMs: (await latencyOf(() => call('k8s_get', all), CALLS)).p50,
      memoryMb: treeMemoryOf(pid),
    });
  }
  await Promise.all([api.close(), close()]);
  return growth;
}
