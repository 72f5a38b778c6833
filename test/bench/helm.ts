import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from '#sandbox';
import { apiPool, textOf } from '../support/api.js';
import { latencyOf } from './measure.js';
import { printTable } from './print-table.js';
import { toolClient } from './tool-client.js';

const NAMESPACE = 'bench-helm';
const RELEASES = 50;
const NATIVE_GOAL_MS = 10;

const run = promisify(execFile);

/** Compares the tools that read releases, and the one that renders charts, with helm itself. */
export async function benchHelm(sandbox: Sandbox, url: string): Promise<void> {
  const server = toolClient(url, 'helm');
  const tool = (name: string, args: object) => () => server.call(name, args);
  const env = { ...process.env, ...sandbox.env, TZ: 'UTC' };
  const helm =
    (...args: string[]) =>
    () =>
      run('helm', args, { env });
  const chart = join(sandbox.env['HELM_CHARTS_DIR'] ?? '', 'cache');
  await helm('install', 'cache-0', chart, '--namespace', NAMESPACE, '--create-namespace')();
  await copyRelease(sandbox);

  const release = { release_name: 'cache-7', namespace: NAMESPACE };
  const at = ['cache-7', '--namespace', NAMESPACE];
  const reads = [
    ['helm_list_releases', { all_namespaces: true }, ['list', '--all-namespaces']],
    ['helm_status', release, ['status', ...at]],
    ['helm_history', release, ['history', ...at]],
    ['helm_get_values', release, ['get', 'values', ...at]],
    ['helm_get_manifest', release, ['get', 'manifest', ...at]],
  ] as const;
  const rows: string[][] = [];
  for (const [name, args, command] of reads) {
    const native = await latencyOf(tool(name, args), 200);
    const cli = await latencyOf(helm(...command), 10);
    rows.push([name, `${native.p50.toFixed(1)} ms`, `${cli.p50.toFixed(0)} ms`, '']);
  }
  const rendered = await latencyOf(
    tool('helm_template', { release_name: 'cache', chart: './cache' }),
    30,
  );
  const template = await latencyOf(helm('template', '--', 'cache', chart), 30);
  const ratio = (rendered.p50 / template.p50).toFixed(2);
  const [ours, theirs] = [rendered, template].map(({ p50 }) => `${p50.toFixed(0)} ms`);
  rows.push(['helm_template', ours ?? '', theirs ?? '', ratio]);
  printTable([`helm, ${RELEASES} releases, p50`, 'REST', 'helm itself', '× helm'], rows);
  process.stdout.write(
    `Goals: reads ≤ ${NATIVE_GOAL_MS} ms; helm_template ≤ 1.2 × helm's own time.\n`,
  );
  await server.close();
}

/**
 * Installing fifty releases would take a minute: the one that is there is stored again under other
 * names.
 */
async function copyRelease(sandbox: Sandbox): Promise<void> {
  const api = apiPool(sandbox.kubeconfig);
  const path = `/api/v1/namespaces/${NAMESPACE}/secrets`;
  const first = 'sh.helm.release.v1.cache-0.v1';
  const text = await textOf(await api.request({ method: 'GET', path: `${path}/${first}` }));
  const { data, type, metadata } = JSON.parse(text) as {
    data: object;
    type: string;
    metadata: { labels: object };
  };
  for (let number = 1; number < RELEASES; number++) {
    const name = `cache-${number}`;
    const labels = { ...metadata.labels, name };
    const secret = { data, type, metadata: { name: first.replace('cache-0', name), labels } };
    const headers = { 'content-type': 'application/json' };
    await textOf(
      await api.request({ method: 'POST', path, headers, body: JSON.stringify(secret) }),
    );
  }
  await api.close();
}
