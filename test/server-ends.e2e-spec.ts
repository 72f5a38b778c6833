import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRead } from './support/api-gate.js';
import { ExecutionsApi } from './support/executions.js';
import { writeGreeterChart } from './support/greeter-chart.js';
import { ownHelmHome } from './support/helm.js';
import { sandboxAccess, writeKubeconfig } from './support/kubeconfig.js';
import { Postgres } from './support/postgres.js';
import { childrenOf, membersOf, statOf } from './support/process-state.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { executionsFile, useTargets } from './support/use-executions.js';
import { useNamespace } from './support/use-namespace.js';

const GRACE_SECONDS = 1;
/** The grace period and 5 s, and what a busy machine may need. */
const BOUND_MS = 24_000;

const targets = useTargets();
const own = useNamespace('server-ends');

const start = async (env: Record<string, string>) => {
  const server = await startServer({
    ...targets.env,
    SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
    EXECUTIONS_FILE: executionsFile(),
    ...env,
  });
  onTestFinished(() => void server.stop('SIGKILL'));
  return { server, api: new ExecutionsApi(server) };
};
const timeEnd = async (server: RunningServer) => {
  const startedAt = performance.now();
  await server.stop();
  return performance.now() - startedAt;
};

describe('the end of a server is bounded', () => {
  const LONG = ['wait_for_x_seconds', { seconds: 60 }] as const;

  it('while its database hangs: PostgreSQL is frozen, the file of SQLite is locked', async () => {
    const postgres = await Postgres.start();
    onTestFinished(() => postgres.stop());
    const EXECUTIONS_FILE = executionsFile();
    const servers = await Promise.all([
      start({ DATABASE_URL: postgres.url }),
      start({ DATABASE_URL: postgres.url }),
      start({ EXECUTIONS_FILE }),
    ]);
    const [onPostgres, , onSqlite] = servers;
    const follower = await onPostgres.api.follow(await onPostgres.api.start(...LONG));
    await onSqlite.api.start(...LONG);
    postgres.freeze();
    const other = new DatabaseSync(EXECUTIONS_FILE);
    other.exec('begin exclusive');
    const ends = await Promise.all(servers.map(({ server }) => timeEnd(server)));
    postgres.thaw();
    other.close();
    expect(Math.max(...ends)).toBeLessThan(BOUND_MS);
    await follower.ended;
  });

  it('while a cluster answers nothing', async () => {
    const { server, api } = await start({});
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const at = { context: 'gate', namespace: 'shop' };
    const web = { ...at, resource_type: 'deployment', name: 'web' };
    const calls = [
      ['k8s_get', { ...at, resource_type: 'pods' }],
      ['k8s_describe', web],
      ['k8s_logs', { ...at, pod_name: 'app=web', follow: true }],
      ['k8s_rollout_restart', web],
      ['helm_list_releases', at],
    ] as const;
    // The first requests that they make, some of which they share.
    for (const _ of calls) targets.gate.before(isRead, () => held);
    const answers = calls.map(([tool, args]) => api.run(tool, args));
    await expect.poll(() => targets.gate.open).toBeGreaterThan(1);
    expect(await timeEnd(server)).toBeLessThan(BOUND_MS);
    for (const { status } of await Promise.all(answers)) expect(status).toBe(503);
    letGo();
  });
});

const ENDS: [string, (server: RunningServer) => Promise<void>][] = [
  ['killed', async (server) => void (await server.stop('SIGKILL'))],
  [
    'interrupted-twice',
    async (server) => {
      const end = server.stop('SIGINT');
      await sleep(10);
      process.kill(server.pid, 'SIGINT');
      expect(await end).toBe(130);
    },
  ],
  ['told-to-quit', async (server) => void (await server.stop('SIGQUIT'))],
];

/** A server with charts of its own, and with a context whose credential plugin hangs. */
async function envOf(how: string, pidFile: string): Promise<Record<string, string>> {
  const HELM_CHARTS_DIR = join(testSandbox().folder, `charts-${how}`);
  writeGreeterChart(HELM_CHARTS_DIR, '1.0.0');
  const { cluster, user } = await sandboxAccess();
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    interactiveMode: 'Never',
    command: 'sh',
    args: ['-c', `echo $$ > ${pidFile}; sleep 60`],
  };
  const KUBECONFIG = await writeKubeconfig({
    clusters: [{ name: 'sandbox', cluster }],
    users: [
      { name: 'admin', user },
      { name: 'hanging', user: { exec } },
    ],
    contexts: ['admin', 'hanging'].map((name) => ({
      name,
      context: { cluster: 'sandbox', user: name },
    })),
    'current-context': 'admin',
  });
  return { KUBECONFIG, HELM_CHARTS_DIR, ...ownHelmHome(how) };
}

describe('what a server has started ends with it', () => {
  it.each(ENDS)('when it is %s: helm and credential plugins', async (how, end) => {
    const pidFile = join(testSandbox().folder, `plugin-${how}-${process.pid}`);
    const env = await envOf(how, pidFile);
    const { server, api } = await start({ ...env, SHUTDOWN_GRACE_SECONDS: '60' });
    const at = { release_name: how, namespace: own.name };
    const install = { ...at, chart: './greeter', values: 'ready: false\n', wait: true };
    await api.start('helm_install_with_values', install);
    await expect.poll(() => own.isThere(`deployment/${how}`)).toBe(true);
    const helm = childrenOf(server.pid).find((pid) => statOf(pid)?.name === 'helm')!;
    api.run('k8s_get', { resource_type: 'pods', context: 'hanging' }).catch(() => undefined);
    const plugin = () => Number(existsSync(pidFile) && readFileSync(pidFile, 'utf8'));
    await expect.poll(plugin).toBeGreaterThan(0);
    const groups = [helm, plugin()];
    for (const group of groups) expect(membersOf(group)).not.toEqual([]);

    await end(server);
    for (const group of groups) await expect.poll(() => membersOf(group)).toEqual([]);

    const next = await start(env);
    const status = await next.api.run('helm_status', at);
    expect(status.body['result']).toContain('STATUS: pending-install');
    const again = await next.api.run('helm_upgrade', { ...at, chart: './greeter' });
    expect(again.body['detail']).toMatch(/left pending-install[^]*remove it with helm_uninstall/);
    await next.server.stop();
  });
});
