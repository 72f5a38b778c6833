import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { createObjects, namespace as namespaceOf } from './support/manifest.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { analysisTemplate, startMetricServer, type MetricServer } from './support/metric-server.js';
import {
  blueGreen,
  canary,
  isPhase,
  liveRollout,
  mcpDoor,
  restDoor,
  untilRollout,
  type Args,
  type Door,
} from './support/rollouts.js';
import { startServer, type RunningServer } from './support/server.js';

const namespace = 'argo-story';

let server: RunningServer;
let mcp: McpClient;
let metric: MetricServer;
let doors: Record<string, Door>;
beforeAll(async () => {
  metric = await startMetricServer(0.5);
  const steps = [
    { setWeight: 25 },
    { pause: {} },
    { setWeight: 50 },
    { analysis: { templates: [{ templateName: 'success' }] } },
    { pause: {} },
  ];
  await createObjects(namespaceOf(namespace));
  await createObjects(
    analysisTemplate({ namespace, name: 'success' }, metric.url),
    ...['REST', 'MCP'].flatMap((door) => [
      canary({ namespace, name: `web-${door.toLowerCase()}` }, steps),
      ...blueGreen({ namespace, name: `shop-${door.toLowerCase()}` }),
    ]),
  );
  server = await startServer();
  mcp = await CLIENTS['2025 over Streamable HTTP']!(server);
  doors = { REST: restDoor(server.url, { namespace }), MCP: mcpDoor(mcp, { namespace }) };
});
afterAll(async () => {
  metric.close();
  await mcp.close();
  await server.stop();
  await kubectl('delete', 'namespace', namespace, '--wait=false');
});

describe.each(['REST', 'MCP'])('a canary over %s', (door) => {
  const name = `web-${door.toLowerCase()}`;
  const text = (tool: string, args: Args = {}) => doors[door]!.text(tool, { name, ...args });
  const refusal = (tool: string, args: Args = {}) => doors[door]!.refusal(tool, { name, ...args });
  const follow = () => text('argo_status', { watch: true, timeout_seconds: 20 });
  const live = () => liveRollout(namespace, name);

  it('gets healthy with its first version, and there is nothing to promote or abort', async () => {
    expect(await follow()).toContain(`Rollout "${name}" is Healthy.`);
    expect(await refusal('argo_promote')).toEqual({
      code: 'precondition',
      message: expect.stringMatching(/is fully promoted.*argo_set_image/),
    });
    expect(await refusal('argo_abort_rollout')).toEqual({
      code: 'precondition',
      message: expect.stringMatching(/is fully promoted.*argo_undo/),
    });
  });

  it('goes out to the first pause, and says that it will not go on by itself', async () => {
    expect(await text('argo_set_image', { image: 'app:2' })).toContain('(app: app:1 → app:2)');
    const said = await follow();
    // It may have got there before anybody looked.
    expect(said).toMatch(
      /^(Progressing - .*\n(.*\n)*)?Paused - CanaryPauseStep \| step 1\/5 \(at pause\) \| weight 25 \(actual 25\)/,
    );
    expect(said).toContain('pause without end (CanaryPauseStep). argo_promote lets it continue.');
    const { status, spec } = await live();
    expect([status.currentStepIndex, status.updatedReplicas]).toEqual([1, 1]);
    expect(spec.template?.spec.containers).toMatchObject([{ name: 'app', image: 'app:2' }]);
    expect(await text('argo_list_rollouts', { name: undefined })).toMatch(
      new RegExp(
        `^${name} +Canary +Paused +1/5 +25 +4 +4 +1 +4 +\\S+ +app:2 +app:1 +CanaryPauseStep, until argo_promote$`,
        'm',
      ),
    );
  });

  it('is paused by hand, which only resume ends', async () => {
    const refused = await refusal('argo_resume_rollout');
    expect(refused).toEqual({
      code: 'precondition',
      message: expect.stringMatching(/not paused by hand.*step 2 of 5.*argo_promote/),
    });
    expect(await text('argo_pause_rollout')).toMatch(
      /paused until argo_resume_rollout\. Now Paused \(manually paused\) at step 2 of 5\n[^]*\+ {2}paused: true/,
    );
    expect((await live()).spec.paused).toBe(true);
    expect(await text('argo_pause_rollout')).toContain('paused by hand already; nothing to change');
    expect(await follow()).toContain('it is paused by hand. argo_resume_rollout lets it continue.');
    expect(await text('argo_resume_rollout')).toContain('resumed');
    const { spec, status } = await untilRollout(namespace, name, isPhase('Paused'));
    expect(spec.paused).toBe(false);
    expect(status.pauseConditions).toMatchObject([{ reason: 'CanaryPauseStep' }]);
  });

  it('fails its analysis, which aborts it, and says why', async () => {
    metric.value = 0.5;
    expect(await text('argo_promote')).toContain('promoted past CanaryPauseStep');
    expect(await follow()).toContain('is Degraded: RolloutAborted');
    expect((await live()).status.abort).toBe(true);
    const runs = await text('argo_list_analysisruns', { name: undefined });
    const [run = ''] = new RegExp(`^${name}-\\S+`, 'm').exec(runs) ?? [];
    const shown = await text('argo_get_analysisrun', { name: run });
    expect(shown).toMatch(/^Status: +Failed$/m);
    expect(shown).toContain(
      'success-rate: Failed: 1 measurements failed, 0 allowed, the last with the value 0.5; success if result >= 0.9',
    );
    expect(shown).toMatch(/ {2}\d{4}-\d\d-\d\dT\S+ +Failed +0\.5/);
    for (const args of [{}, { full: true }]) {
      expect(await refusal('argo_promote', args)).toEqual({
        code: 'precondition',
        message: expect.stringMatching(/is aborted.*argo_retry/),
      });
    }
    expect(await text('argo_abort_rollout')).toContain('is aborted already; nothing to change');
  });

  it('is retried, and aborted by hand', async () => {
    expect(await text('argo_retry')).toMatch(/retried[^]*-\s+abort: true\n\+\s+abort: false/);
    expect(await follow()).toContain('CanaryPauseStep');
    expect((await live()).status.abort ?? false).toBe(false);
    expect(await refusal('argo_retry')).toMatchObject({ code: 'precondition' });
    expect(await text('argo_abort_rollout')).toMatch(
      /aborted: the stable version[^]*\+\s+abort: true/,
    );
    expect(await follow()).toContain('Degraded');
    expect((await live()).status).toMatchObject({ abort: true, phase: 'Degraded' });
  });

  it('passes its analysis once the metric is good', async () => {
    metric.value = 0.99;
    await text('argo_retry');
    await follow();
    await text('argo_promote');
    expect(await follow()).toMatch(
      /Paused - CanaryPauseStep \| step 4\/5 \(at pause\) \| weight 50 \(actual 50\)/,
    );
    expect((await live()).status.currentStepIndex).toBe(4);
  });

  it('is undone, and its history tells of it', async () => {
    expect(await refusal('argo_undo', { to_revision: 9 })).toEqual({
      code: 'not_found',
      message: expect.stringContaining('has no revision 9. There are 1, 2'),
    });
    expect(await text('argo_undo')).toContain(
      'set back to revision 1 (containers[app].image: app:2 → app:1)',
    );
    expect(await follow()).toContain('Healthy');
    const { spec, status } = await live();
    expect(spec.template?.spec.containers[0]?.image).toBe('app:1');
    expect(status.stableRS).toBe(status.currentPodHash);
    expect(await text('argo_history')).toMatch(
      /^REVISION .*\n2 +- +0\/0 +\S+ +app:2 +-\n3 +stable +4\/4 +\S+ +app:1 +containers\[app\]\.image: app:2 → app:1$/m,
    );
    expect(await text('argo_undo', { to_revision: 3 })).toContain('already as revision 3 says');
  });

  it('is promoted in full, past every pause and analysis', async () => {
    metric.value = 0.1;
    await text('argo_set_image', { image: 'app=app:3' });
    // Without waiting for the controller to have seen the image.
    expect(await text('argo_promote', { full: true })).toMatch(
      /promoted in full[^]*\+ {2}promoteFull: true/,
    );
    expect(await follow()).toContain('is Healthy.');
    const { spec, status } = await live();
    expect(spec.template?.spec.containers[0]?.image).toBe('app:3');
    expect([status.updatedReplicas, status.stableRS]).toEqual([4, status.currentPodHash]);
  });

  it('is restarted with the same version', async () => {
    const pods = () => kubectl('get', 'pods', '-n', namespace, '-l', `app=${name}`, '-o', 'name');
    const before = await pods();
    expect(await text('argo_rollout_restart')).toMatch(/restarted[^]*\+ {2}restartAt: /);
    expect(await follow()).toContain('is Healthy.');
    // The last of the old ones may still be on its way out.
    const left = async () =>
      (await pods()).split('\n').filter((pod) => pod && before.includes(pod));
    await expect.poll(left).toEqual([]);
  });
});

describe.each(['REST', 'MCP'])('a blue-green rollout over %s', (door) => {
  const name = `shop-${door.toLowerCase()}`;
  const text = (tool: string, args: Args = {}) => doors[door]!.text(tool, { name, ...args });
  const follow = () => text('argo_status', { watch: true, timeout_seconds: 20 });
  const activeHash = () =>
    kubectl(
      'get',
      'service',
      name,
      '-n',
      namespace,
      '-o',
      'jsonpath={.spec.selector.rollouts-pod-template-hash}',
    );

  it('waits beside the old version, and takes over when promoted', async () => {
    expect(await follow()).toContain('is Healthy.');
    const old = await activeHash();
    await text('argo_set_image', { image: 'app:2', container_name: 'app' });
    expect(await follow()).toContain(
      'pause without end (BlueGreenPause). argo_promote lets it continue.',
    );
    expect(await activeHash()).toBe(old);
    expect(await text('argo_describe')).toMatch(
      /⧉ shop-\S+ +ReplicaSet +✔ Healthy +\S+ +preview\n/,
    );
    expect(await text('argo_promote')).toContain('promoted past BlueGreenPause');
    expect(await follow()).toContain('is Healthy.');
    const { status } = await liveRollout(namespace, name);
    expect(await activeHash()).toBe(status.currentPodHash);
    expect(status.currentPodHash).not.toBe(old);
    expect(await doors[door]!.refusal('argo_promote', { name })).toEqual({
      code: 'precondition',
      message: expect.stringContaining('is fully promoted'),
    });
  });
});
