import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExecutionsApi } from './support/executions.js';
import { createObjects } from './support/manifest.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import {
  canary,
  isPhase,
  restDoor,
  untilRollout,
  type Args,
  type Door,
} from './support/rollouts.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const namespace = 'argo-canary';
const PAUSES = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '1h' } }];

/** What the verbs write. */
const ASKED = [
  '{.metadata.generation}',
  '{.spec}',
  ...['abort', 'promoteFull', 'pauseConditions', 'currentStepIndex'].map(
    (field) => `{.status.${field}}`,
  ),
];

const own = useNamespace(namespace);
const server = useServer({ defaults: { namespace } });
const api = new ExecutionsApi(server);
let door: Door;
let mcp: McpClient;
beforeAll(async () => {
  mcp = await CLIENTS['2026 over Streamable HTTP']!(server);
  door = restDoor(server.url, { namespace });
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
  );
  await untilRollout(namespace, 'web', isPhase('Healthy'));
});
afterAll(() => mcp.close());

describe('a canary on its way', () => {
  it('is left as it is by a dry run of any verb', async () => {
    await door.text('argo_set_image', { name: 'web', image: 'app:2' });
    await untilRollout(namespace, 'web', isPhase('Paused'));
    const asked = () => own.stored('rollout/web', ASKED.join(' '));
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
      expect(text).toMatch(/\(dry run: nothing was changed\)\n\n@@ /);
    }
    expect(await asked()).toBe(before);
  });

  it('that is paused by hand goes on past its step when promoted', async () => {
    await door.text('argo_pause_rollout', { name: 'web' });
    await untilRollout(namespace, 'web', ({ spec }) => spec.paused);
    expect(await door.text('argo_promote', { name: 'web' })).toMatch(
      /promoted past CanaryPauseStep[^]*-\s+paused: true\n\+\s+paused: false/,
    );
    await untilRollout(
      namespace,
      'web',
      ({ status }) => status.currentStepIndex === 3 && status.phase === 'Paused',
    );
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
      .poll(() => server.log)
      .toContainEqual(expect.objectContaining({ tool: 'argo_status', outcome: 'cancelled' }));
  });

  it('is followed in a stream too, with its changes as they come', async () => {
    const args = { name: 'web', namespace, watch: true, timeout_seconds: 60 };
    const stream = await api.stream('argo_status', args);
    const told = () => stream.of('progress').map(({ data }) => data['message']);
    await expect.poll(told).toEqual([expect.stringMatching(/^Paused - .* step 3\/4/)]);
    await door.text('argo_promote', { name: 'web' });
    const { data } = await stream.result();
    expect(told().length).toBeGreaterThan(1);
    expect(data).toMatchObject({ category: 'argo', status: 'succeeded' });
    expect(data['result']).toMatch(/Rollout "web" is Healthy\.$/);
    expect((await untilRollout(namespace, 'web', isPhase('Healthy'))).status.updatedReplicas).toBe(
      4,
    );
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
    expect((await server.call(tool, args)).status).toBeLessThan(500);
    expect((await server.call('argo_set_image', { name: 'empty', image: 'a:1' })).status).toBe(422);
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
