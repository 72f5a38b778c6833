import { beforeAll, describe, expect, it } from 'vitest';
import { ExecutionsApi } from './support/executions.js';
import { writeGreeterChart } from './support/greeter-chart.js';
import { helm, ownHelmHome } from './support/helm.js';
import { testSandbox } from './support/sandbox.js';
import { startServer } from './support/server.js';
import { childrenOf, membersOf, statOf } from './support/process-state.js';
import { executionsFile, useExecutions } from './support/use-executions.js';
import { useNamespace } from './support/use-namespace.js';

const INSTALL = 'helm_install_with_values';
const charts = () => `${testSandbox().folder}/executions-charts`;

beforeAll(() => void writeGreeterChart(charts(), '1.0.0'));
const own = useNamespace('executions-helm');
const env = () => ({
  ...ownHelmHome('executions'),
  HELM_CHARTS_DIR: charts(),
  MAX_RUNNING_BY_CATEGORY: 'helm=1',
});
const { api, server } = useExecutions({ env });

/** Parameters of an install that waits for pods which do not get ready by themselves. */
const waiting = (release_name: string, more: object = {}) => ({
  chart: './greeter',
  namespace: own.name,
  release_name,
  values: 'ready: false\n',
  wait: true,
  timeout_seconds: 60,
  ...more,
});
/** Changes the probe of a release, so that its pods get ready. */
const makeReady = (release: string) => {
  const path = '/spec/template/spec/containers/0/readinessProbe/httpGet/path';
  const patch = JSON.stringify([{ op: 'replace', path, value: '/' }]);
  return own.kubectl('patch', 'deployment', release, '--type=json', '-p', patch);
};
/** The helms that a server has started and that run. */
const helmsOf = (parent: number) =>
  childrenOf(parent).filter((pid) => statOf(pid)?.name === 'helm');
const helms = () => helmsOf(server.pid);

describe('helm that waits', () => {
  it('tells in a stream what is not ready, and why, before it ends', async () => {
    const stream = await api.stream(INSTALL, waiting('slow'));
    const told = () => stream.of('progress').map(({ data }) => data['message']);
    await expect
      .poll(told, { timeout: 20_000 })
      .toContainEqual(
        expect.stringMatching(/^deployment\.apps\/slow: .*; pod slow-\S+ is Running/),
      );
    expect(stream.of('result')).toEqual([]);
    await makeReady('slow');
    const { data, at } = await stream.result();
    expect(data).toMatchObject({ tool: INSTALL, category: 'helm', status: 'succeeded' });
    expect(data['result']).toContain('STATUS: deployed');
    expect(at).toBeGreaterThan(stream.of('progress').at(-1)!.at);
  });

  it('is really gone when its execution is cancelled, with all of its process group', async () => {
    const id = await api.start(INSTALL, waiting('cancelled'));
    await expect.poll(() => own.isThere('deployment/cancelled')).toBe(true);
    expect(helms()).toHaveLength(1);
    const [pid] = helms();
    expect(statOf(pid!)?.group).toBe(pid);
    expect(membersOf(pid!)).toContain(pid);
    const { status, body } = await api.cancel(id);
    expect([status, body.status, body.error?.code]).toEqual([200, 'cancelled', 'cancelled']);
    await expect.poll(() => membersOf(pid!)).toEqual([]);
    expect(helms()).toEqual([]);
  });
});

describe('a server that is told to stop', () => {
  it('leaves no helm behind', async () => {
    const leaving = await startServer({
      ...env(),
      EXECUTIONS_FILE: executionsFile(),
      SHUTDOWN_GRACE_SECONDS: '0',
    });
    await new ExecutionsApi(leaving).start(INSTALL, waiting('left'));
    await expect.poll(() => own.isThere('deployment/left')).toBe(true);
    const [pid] = helmsOf(leaving.pid);
    expect(membersOf(pid!)).toContain(pid);
    expect(await leaving.stop('SIGTERM')).toBe(0);
    await expect.poll(() => membersOf(pid!)).toEqual([]);
    expect(await helm('status', 'left', '-n', own.name)).toContain('STATUS: failed');
  });
});

describe('a server that is killed', () => {
  it('leaves no helm behind, and the release is told as pending with how to get it well', async () => {
    const file = executionsFile();
    const lasting = { ...env(), EXECUTIONS_FILE: file };
    const killed = await startServer(lasting);
    const id = await new ExecutionsApi(killed).start(INSTALL, waiting('orphan'));
    await expect.poll(() => own.isThere('deployment/orphan')).toBe(true);
    const [pid] = helmsOf(killed.pid);
    // What helm could still say of it is lost too.
    process.kill(-pid!, 'SIGSTOP');
    await killed.stop('SIGKILL');
    await expect.poll(() => membersOf(pid!)).toEqual([]);
    const next = await startServer(lasting);
    try {
      const again = new ExecutionsApi(next);
      await expect.poll(async () => (await again.get(id)).body.status).toBe('interrupted');
      const release = { namespace: own.name, release_name: 'orphan' };
      const hint =
        /is left pending-install .* remove it with helm_uninstall, then install it again/;
      expect((await again.run('helm_status', release)).body['result']).toMatch(hint);
      const { status, body } = await again.run(INSTALL, waiting('orphan'));
      expect([status, body['detail']]).toEqual([409, expect.stringMatching(hint)]);
      expect((await again.run('helm_uninstall', release)).status).toBe(200);
      const ready = waiting('orphan', { values: '' });
      expect((await again.run(INSTALL, ready)).status).toBe(200);
    } finally {
      await next.stop();
    }
  });
});

describe('the limit of one category', () => {
  it('holds up what starts its program, in its queue and its streams, and nothing else', async () => {
    const first = await api.start(INSTALL, waiting('first'));
    await expect.poll(() => own.isThere('deployment/first')).toBe(true);
    const second = await api.stream(INSTALL, waiting('second', { values: '', wait: false }));
    const queued = async () => (await api.list({ status: 'queued' })).body.executions;
    expect(await queued()).toMatchObject([{ tool: INSTALL, category: 'helm' }]);
    const where = { resource_type: 'deployment', name: 'first', namespace: own.name };
    expect((await api.run('k8s_scale', { ...where, replicas: 2 })).status).toBe(200);
    expect(await own.stored('deployment/first', '{.spec.replicas}')).toBe('2');
    const release = { namespace: own.name, release_name: 'first' };
    for (const tool of ['helm_status', 'helm_history', 'helm_get_values', 'helm_get_manifest']) {
      expect((await api.run(tool, release)).status).toBe(200);
    }
    expect((await api.run('helm_list_releases', { namespace: own.name })).status).toBe(200);
    expect(await queued()).toHaveLength(1);
    expect(helms()).toHaveLength(1);
    expect(second.events).toEqual([]);
    expect((await api.cancel(first)).body.status).toBe('cancelled');
    expect((await second.result()).data).toMatchObject({ status: 'succeeded' });
  });
});
