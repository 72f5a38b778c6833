import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { createObjects, namespace as namespaceOf, workload } from './support/manifest.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import {
  canary,
  isPhase,
  liveRollout,
  restDoor,
  untilRollout,
  type Args,
  type Door,
} from './support/rollouts.js';
import { startServer, type RunningServer } from './support/server.js';

const namespace = 'argo-rollouts-tools';
const PAUSES = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '1h' } }];

/** What the verbs write. */
const ASKED = [
  '{.metadata.generation}',
  '{.spec}',
  ...['abort', 'promoteFull', 'pauseConditions', 'currentStepIndex'].map(
    (field) => `{.status.${field}}`,
  ),
];

let server: RunningServer;
let mcp: McpClient;
let door: Door;
beforeAll(async () => {
  await createObjects(namespaceOf(namespace));
  await createObjects(
    canary({ namespace, name: 'web' }, PAUSES),
    canary({ namespace, name: 'stepless' }, [], { minReadySeconds: 300 }),
    canary({ namespace, name: 'invalid' }, [], { minReadySeconds: 3_600 }),
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { namespace, name: 'empty' },
      spec: { selector: { matchLabels: { app: 'empty' } } },
    },
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
  server = await startServer();
  mcp = await CLIENTS['2026 over Streamable HTTP']!(server);
  door = restDoor(server.url, { namespace });
  await untilRollout(namespace, 'web', isPhase('Healthy'));
});
afterAll(async () => {
  await mcp.close();
  await server.stop();
  await kubectl('delete', 'namespace', namespace, '--wait=false');
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

describe('a canary on its way', () => {
  it('is left as it is by a dry run of any verb', async () => {
    await door.text('argo_set_image', { name: 'web', image: 'app:2' });
    await untilRollout(namespace, 'web', isPhase('Paused'));
    const asked = () =>
      kubectl('get', 'rollout', 'web', '-n', namespace, '-o', `jsonpath=${ASKED.join(' ')}`);
    const before = await asked();
    for (const [tool, args] of [
      ['argo_promote', {}],
      ['argo_promote', { full: true }],
      ['argo_pause_rollout', {}],
      ['argo_abort_rollout', {}],
      ['argo_rollout_restart', {}],
      ['argo_undo', {}],
      ['argo_set_image', { image: 'app:9' }],
    ] as [string, Args][]) {
      const text = await door.text(tool, { name: 'web', dry_run: true, ...args });
      expect(text).toMatch(/\(dry run: nothing was changed\)\n\n--- live\n\+\+\+ result\n@@/);
    }
    expect(await asked()).toBe(before);
  });

  it('that is paused by hand goes on past its step when promoted', async () => {
    await door.text('argo_pause_rollout', { name: 'web' });
    await untilRollout(namespace, 'web', ({ spec }) => spec.paused);
    expect(await door.text('argo_promote', { name: 'web' })).toMatch(
      /promoted past CanaryPauseStep[^]*-\s+paused: true\n\+\s+paused: false/,
    );
    await untilRollout(namespace, 'web', ({ status }) => status.currentStepIndex === 3);
  });

  it('is followed with its changes as progress until the time limit, which is no error', async () => {
    const seen: string[] = [];
    const args = { name: 'web', namespace, watch: true, timeout_seconds: 2 };
    const startedAt = performance.now();
    const following = mcp.call('argo_status', args, {
      onprogress: ({ message }) => seen.push(message ?? ''),
    });
    await door.text('argo_abort_rollout', { name: 'web', dry_run: true });
    const { content, isError } = await following;
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(isError ?? false).toBe(false);
    expect(seen[0]).toMatch(/^Paused - CanaryPauseStep \| step 3\/4 \(at pause 1h\) \| weight 50/);
    expect(content[0]?.text).toMatch(/^Paused - .*\nRollout "web" is not finished after 2 s\./);
  });

  it('ends to be followed when its caller hangs up', async () => {
    const stop = new AbortController();
    const args = { name: 'web', namespace, watch: true, timeout_seconds: 60 };
    const following = mcp.call('argo_status', args, {
      signal: stop.signal,
      onprogress: () => stop.abort(),
    });
    await expect(following).rejects.toThrow();
    await expect
      .poll(() => server.log.map(({ message }) => message))
      .toContainEqual(expect.objectContaining({ tool: 'argo_status', outcome: 'cancelled' }));
  });

  it.each([
    'argo_status',
    'argo_describe',
    'argo_history',
    'argo_promote',
    'argo_abort_rollout',
    'argo_retry',
    'argo_resume_rollout',
    'argo_undo',
    'argo_list_rollouts',
  ])('that lacks all but a selector is no bug of %s', async (tool) => {
    const args = tool === 'argo_list_rollouts' ? {} : { name: 'empty' };
    expect((await call(tool, args)).status).toBeLessThan(500);
    expect((await call('argo_set_image', { name: 'empty', image: 'a:1' })).status).toBe(422);
  });

  it.each(['argo_promote', 'argo_abort_rollout'])(
    'whose spec its controller refuses is refused by %s with what is wrong',
    async (tool) => {
      expect(await door.refusal(tool, { name: 'invalid' })).toEqual({
        code: 'precondition',
        message: expect.stringMatching(
          /has no version yet: it is Degraded \(InvalidSpec: .*argo_describe/,
        ),
      });
    },
  );

  it('without steps has nothing to promote but in full', async () => {
    await door.text('argo_set_image', { name: 'stepless', image: 'app:2' });
    expect(await door.refusal('argo_promote', { name: 'stepless' })).toEqual({
      code: 'precondition',
      message: expect.stringMatching(/has no steps to promote.*full=true/),
    });
  });
});
