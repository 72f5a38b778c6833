import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWrite } from './support/api-gate.js';
import { configMap, documents } from './support/manifest.js';
import { execute } from './support/rest.js';
import { startServer } from './support/server.js';
import { useApply } from './support/use-apply.js';
import { useGate } from './support/use-gate.js';

const door = useGate();
const { own, server, apply } = useApply('unknown-outcome', door.env);

const DOUBT = 'The change may or may not have been made.';
const PATCH = {
  namespace: own.name,
  resource_type: 'configmap',
  name: 'target',
  patch: '{"data":{"key":"new"}}',
};
const patch = (url: string, more: object = {}, query = '') =>
  execute(url, 'k8s_patch', { ...PATCH, ...more }, { query });

describe('a write that gets no answer', () => {
  let release: () => void;
  let arrived: Promise<void>;
  beforeEach(async () => {
    await own.kubectl('create', 'configmap', 'target', '--from-literal=key=old');
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    release = held.resolve;
    arrived = begun.promise;
    door.gate.before(
      ({ method }) => method === 'PATCH',
      () => {
        begun.resolve();
        return held.promise;
      },
    );
  });
  afterEach(async () => {
    release();
    await own.kubectl('delete', 'configmap', 'target');
  });

  it('may have been made, when its time is over', async () => {
    const { status, body } = await patch(server.url, {}, '?time_limit_seconds=1');
    expect([status, body.code, body['retryable'], body.detail]).toEqual([
      504,
      'timeout',
      false,
      `k8s_patch did not end within its limit of 1 s. ${DOUBT}`,
    ]);
  });

  it('may have been made, when the call is cancelled', async () => {
    const stop = new AbortController();
    const call = server.mcp
      .call('k8s_patch', PATCH, { signal: stop.signal })
      .catch(() => undefined);
    await arrived;
    stop.abort();
    await call;
    await expect
      .poll(async () => {
        const listed = await fetch(
          `${server.url}/engine/v1/executions?tool=k8s_patch&status=cancelled`,
        );
        return ((await listed.json()) as { executions: { error: object }[] }).executions[0]?.error;
      })
      .toMatchObject({
        code: 'cancelled',
        detail: expect.stringContaining(DOUBT) as string,
      });
  });

  it('may have been made, when the server stops', async () => {
    const other = await startServer({ ...(await door.env()), SHUTDOWN_GRACE_SECONDS: '0' });
    const call = patch(other.url);
    await arrived;
    const exit = other.stop();
    const { body } = await call;
    expect([body.code, body['retryable']]).toEqual(['unavailable', false]);
    expect(body.detail).toContain(DOUBT);
    expect(await exit).toBe(0);
  });

  it('has certainly changed nothing where it was a dry run', async () => {
    const { status, body } = await patch(server.url, { dry_run: true }, '?time_limit_seconds=1');
    expect([status, body.detail]).toEqual([504, 'k8s_patch did not end within its limit of 1 s.']);
  });
});

describe('an apply that ends before its first write', () => {
  it('says that nothing was applied', async () => {
    const held = Promise.withResolvers<void>();
    door.gate.passed.length = 0;
    door.gate.before(
      ({ url }) => url?.includes('dryRun=') === true,
      () => held.promise,
    );
    const content = documents(configMap('a'), configMap('b'));
    const args = { content, namespace: own.name };
    const { status, body } = await execute(server.url, 'k8s_apply', args, {
      query: '?time_limit_seconds=1',
    });
    held.resolve();
    expect([status, body.detail]).toEqual([
      504,
      'k8s_apply did not end within its limit of 1 s. Nothing was applied.',
    ]);
    expect(door.gate.passed.filter(isWrite)).toEqual([]);
    expect((await apply(content)).status).toBe(200);
  });
});
