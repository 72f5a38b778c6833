import { beforeAll, describe, expect, it } from 'vitest';
import { createObjects, workload } from './support/manifest.js';
import { execute } from './support/rest.js';
import { canary, liveRollout, restDoor, type Args, type Door } from './support/rollouts.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const namespace = 'argo-rollouts-tools';

useNamespace(namespace);
const server = useServer({ defaults: { namespace } });
let door: Door;
beforeAll(async () => {
  await createObjects(
    canary({ namespace, name: 'web' }, []),
    workload(
      'Rollout',
      { namespace, name: 'pair' },
      { app: 'app:1', proxy: 'proxy:1' },
      { strategy: { canary: {} } },
    ),
    canary({ namespace, name: 'orphan' }, [], {
      template: undefined,
      workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'gone' },
    }),
  );
  door = restDoor(server.url, { namespace });
});

const call = (tool: string, args: Args, query = '') =>
  execute(server.url, tool, { namespace, ...args }, { query });

describe('a rollout that does not exist', () => {
  it.each([
    [
      'argo_status',
      'wep',
      /"wep" not found in the namespace "argo-rollouts-tools"\. Nearest: web\./,
    ],
    ['argo_promote', 'paır', undefined],
    ['argo_undo', 'checkout', /There is one in shop\./],
    ['argo_set_image', 'nothing-like-it', /List them with argo_list_rollouts\./],
    ['argo_describe', 'pairr', /Nearest: pair\./],
  ])('is refused by %s (%s) with the way to the right name', async (tool, name, message) => {
    const { status, body } = await call(tool, {
      name,
      ...(tool === 'argo_set_image' && { image: 'a' }),
    });
    expect([status, body.code]).toEqual(message ? [404, 'not_found'] : [422, 'invalid_input']);
    if (message) expect(body.detail).toMatch(message);
  });

  it('is the same for an analysis run', async () => {
    expect(await call('argo_get_analysisrun', { name: 'x' })).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('argo_list_analysisruns') },
    });
  });
});

describe('argo_set_image', () => {
  it.each([
    [{ image: 'app:2' }, 'image', /which of the containers.*app, proxy/],
    [
      { image: 'sidecar=app:2' },
      'image',
      /the containers of rollout\.argoproj\.io\/pair are app, proxy/,
    ],
    [{ image: 'app:2', container_name: 'sidecar' }, 'container_name', /are app, proxy/],
    [{ image: 'app=app:2', container_name: 'proxy' }, 'image', /container_name is "proxy"/],
  ])('refuses %j', async (args, field, message) => {
    const { status, body } = await call('argo_set_image', { name: 'pair', ...args });
    expect([status, body.errors?.[0]?.field]).toEqual([422, field]);
    expect(body.detail).toMatch(message);
  });

  it('sets one container by name, and every one by *', async () => {
    const images = async () =>
      (await liveRollout(namespace, 'pair')).spec.template?.spec.containers.map(
        ({ image }) => image,
      );
    await door.text('argo_set_image', { name: 'pair', image: 'app=app:2', container_name: 'app' });
    expect(await images()).toEqual(['app:2', 'proxy:1']);
    await door.text('argo_set_image', { name: 'pair', image: 'both:3', container_name: '*' });
    expect(await images()).toEqual(['both:3', 'both:3']);
    const again = await door.text('argo_set_image', { name: 'pair', image: '*=both:3' });
    expect(again).toContain('already has this image');
  });

  it('names the workload that a rollout refers to and that is gone', async () => {
    expect(await door.refusal('argo_set_image', { name: 'orphan', image: 'app:2' })).toEqual({
      code: 'precondition',
      message: expect.stringContaining('takes its pods from deployment.apps/gone'),
    });
  });
});

describe('lists', () => {
  it.each(['argo_list_experiments', 'argo_list_analysisruns'])(
    '%s refuses a namespace together with all of them',
    async (tool) => {
      const { status, body } = await call(tool, { all_namespaces: true });
      expect([status, body.errors?.[0]?.field]).toEqual([422, 'namespace']);
    },
  );

  it('say so when there is nothing', async () => {
    expect(await door.text('argo_list_analysisruns', {})).toMatch(/^No resources found in /);
    expect(await door.text('argo_list_experiments', { rollout_name: 'web' })).toBe(
      'No experiments of the rollout "web" found.',
    );
    expect(await door.text('argo_list_rollouts', { namespace: 'billing' })).toMatch(/^No rollouts/);
  });

  it('go over all namespaces, and give data when asked for', async () => {
    const { body } = await call('argo_list_rollouts', { all_namespaces: true }, '?data=true');
    expect(body.result).toMatch(/^NAMESPACE +NAME +STRATEGY +STATUS/);
    const image = (version: string) => `registry\\.example\\.com/shop/checkout:${version}`;
    expect(body.result).toMatch(
      new RegExp(
        `^shop +checkout .* ${image('1.5.0')} +${image('1.4.0')} +CanaryPauseStep, until argo_promote$`,
        'm',
      ),
    );
    expect(body.result).toMatch(
      /^argo-rollouts-tools +web +Canary +Healthy .* app:1 +\(same\) +-$/m,
    );
    const { items } = body.data as { items: { namespace: string; name: string; step: string }[] };
    expect(items).toContainEqual(
      expect.objectContaining({
        namespace: 'shop',
        name: 'checkout',
        step: '1/4',
        status: 'Paused',
      }),
    );
  });
});
