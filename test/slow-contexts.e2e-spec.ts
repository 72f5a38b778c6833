import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, createObjects } from './support/manifest.js';
import { useExecutions, useTargets } from './support/use-executions.js';
import { useNamespace } from './support/use-namespace.js';
import { readJson } from './support/rest.js';

const OTHER = '127.0.0.2';

const own = useNamespace('slow-contexts');
const targets = useTargets();
const env = () => ({ MAX_RUNNING: '8', MAX_RUNNING_BY_CATEGORY: 'helm=4' });
const { api, server } = useExecutions({ targets, env });

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Reads that cannot share one request. */
const read = (context: string, index = 0) => ({
  resource_type: 'configmaps',
  namespace: own.name,
  context,
  label_selector: `a=b${index}`,
});

async function statusOf(id: string): Promise<string> {
  const { body } = await api.get(id);
  return body.status;
}

async function codeOf(id: string): Promise<string> {
  return (await api.finished(id)).error?.code ?? 'none';
}

describe('a cluster that does not answer', () => {
  let hanging: string[];
  beforeAll(async () => {
    await api.run('k8s_get', read('gate'));
    targets.gate.freeze();
    hanging = await Promise.all(
      times(12).map((index) => api.start('k8s_get', read('gate', index))),
    );
  });
  afterAll(() => targets.gate.thaw());

  it('does not hold up calls to another one, whoever makes them', async () => {
    expect(await Promise.all(hanging.map(statusOf))).toContain('queued');
    const mine = await api.start('k8s_get', read('sandbox'));
    const theirs = await api.startFrom(OTHER, 'k8s_get', read('sandbox'));
    for (const id of [mine, theirs]) {
      expect(await api.finished(id)).toMatchObject({ status: 'succeeded' });
    }
    expect(await Promise.all(hanging.map(statusOf))).toContain('running');
  });

  it('is soon refused at once, also to those who wait for their turn', async () => {
    const refusal = /^Cluster "gate" .* has not answered for \d+ s\./;
    await expect
      .poll(async () => (await api.run('k8s_get', read('gate'))).body, { timeout: 30_000 })
      .toMatchObject({ code: 'unavailable', detail: expect.stringMatching(refusal) as string });
    const waited = await Promise.all(hanging.map(statusOf));
    expect(waited).not.toContain('queued');
    const failed = hanging.filter((_, index) => waited[index] === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    for (const id of failed) expect(await codeOf(id)).toBe('unavailable');
  });

  it('is told of in readiness, to this machine by name', async () => {
    const { status, body } = await readJson(`${server.url}/health/ready`);
    expect([status, body]).toMatchObject([
      200,
      {
        status: 'degraded',
        contexts: { sandbox: 'ok', gate: expect.stringContaining('has not answered') as string },
      },
    ]);
    const stranger = await fetch(`${server.url}/health/ready`, {
      headers: { 'x-forwarded-for': '192.0.2.1' },
    });
    expect(await stranger.json()).toEqual({ status: 'degraded' });
  });

  it('is used again as soon as it answers', async () => {
    targets.gate.thaw();
    await expect
      .poll(async () => (await api.run('k8s_get', read('gate'))).status, { timeout: 30_000 })
      .toBe(200);
    const { body } = await readJson(`${server.url}/health/ready`);
    expect(body).toMatchObject({ contexts: { gate: 'ok' } });
  });
});

describe('a cluster that is slow to answer', () => {
  afterAll(() => (targets.gate.delayMs = 0));

  it('is used as before, and readiness does not stand in line behind its calls', async () => {
    targets.gate.delayMs = 300;
    const ids = await Promise.all(
      times(12).map((index) => api.start('k8s_get', read('gate', index))),
    );
    expect((await readJson(`${server.url}/health/ready`)).body).toMatchObject({
      contexts: { gate: 'ok' },
    });
    for (const id of ids) expect(await api.finished(id)).toMatchObject({ status: 'succeeded' });
  });
});

describe('calls that last', () => {
  it('leave room for those of the same caller that soon end', async () => {
    const finalizers = ['example.com/hold'];
    const names = times(12).map((index) => `held-${index}`);
    await createObjects(
      ...names.map((name) => configMap(name, {}, { namespace: own.name, finalizers })),
    );
    const held = { resource_type: 'configmap', namespace: own.name, timeout_seconds: 60 };
    const ids = await Promise.all(
      names.map((name) => api.start('k8s_delete', { ...held, name, context: 'sandbox' })),
    );
    await expect
      .poll(async () => (await Promise.all(ids.map(statusOf))).filter((one) => one === 'running'))
      .toHaveLength(2);
    const { status } = await api.run('k8s_get', read('sandbox'));
    expect(status).toBe(200);
    expect(await Promise.all(ids.map(statusOf))).toContain('queued');
    await Promise.all(ids.map((id) => api.cancel(id)));
    await own.kubectl(
      'patch',
      'configmap',
      ...names,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
  });
});
