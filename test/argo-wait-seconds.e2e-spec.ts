import { beforeAll, describe, expect, it } from 'vitest';
import { createObjects } from './support/manifest.js';
import { blueGreen, canary, isPhase, untilRollout } from './support/rollouts.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('argo-wait');
const server = useServer({ defaults: { namespace: own.name, wait_seconds: 60 } });
const { textOf } = server;

const BROKEN = 'registry.example.com/app:invalid-tag';
const at = (name: string) => ({ namespace: own.name, name });

beforeAll(async () => {
  await createObjects(
    canary(at('stepped'), [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }]),
    canary(at('plain'), [], { replicas: 2, progressDeadlineSeconds: 5 }),
    canary(at('timed'), [{ setWeight: 50 }, { pause: { duration: '2s' } }]),
    ...blueGreen(at('both')),
  );
  for (const name of ['stepped', 'plain', 'timed', 'both']) {
    await own.kubectl(
      'wait',
      `rollout/${name}`,
      '--for=jsonpath={.status.phase}=Healthy',
      '--timeout=60s',
    );
  }
});

describe('a write to a rollout with wait_seconds', () => {
  it('ends at a pause without end, and after the promotion when it is healthy', async () => {
    const paused = await textOf('argo_set_image', { name: 'stepped', image: 'app:2' });
    expect(paused).toMatch(
      /^rollout\.argoproj\.io\/stepped image updated [^]*\n\nPaused - CanaryPauseStep \| step 1\/3 .*\nRollout "stepped" does not continue by itself: it waits at a pause without end \(CanaryPauseStep\)\. argo_promote lets it continue\.$/,
    );
    const promoted = await textOf('argo_promote', { name: 'stepped' });
    expect(promoted).toMatch(
      /\n\nHealthy \| step 3\/3 \| .* \| 4\/4 updated, 4 available\nRollout "stepped" is Healthy\.$/,
    );
  });

  it('sees through what continues by itself', async () => {
    const text = await textOf('argo_set_image', { name: 'timed', image: 'app:2' });
    expect(text).toMatch(/\nRollout "timed" is Healthy\.$/);
  });

  it('says at the end of that time which pods do not come, and why', async () => {
    const args = { name: 'stepped', image: BROKEN, wait_seconds: 2 };
    const text = await server.textOverMcp('argo_set_image', args);
    expect(text).toMatch(
      /\nRollout "stepped" is not finished after 2 s\. argo_status with watch follows it\.\npod stepped-\S+: container app: ImagePullBackOff: .*\n.*\n {2}next: k8s_describe with resource_type "pod", name "stepped-/,
    );
    expect(await textOf('argo_undo', { name: 'stepped' })).toMatch(/"stepped" is Healthy\.$/);
  });

  it('ends early when the rollout has failed for good', async () => {
    const failed = await textOf('argo_set_image', { name: 'plain', image: BROKEN });
    expect(failed).toMatch(
      /\n\nDegraded - ProgressDeadlineExceeded: .*\nRollout "plain" is Degraded: .*\npods? .*container app: ImagePullBackOff/,
    );
    // The failure before the next change is none of that change.
    expect(await textOf('argo_undo', { name: 'plain' })).toMatch(/"plain" is Healthy\.$/);
  });

  it('sees a retry to its pause', async () => {
    await textOf('argo_set_image', { name: 'stepped', image: 'app:5' });
    await textOf('argo_abort_rollout', { name: 'stepped', wait_seconds: undefined });
    await untilRollout(own.name, 'stepped', isPhase('Degraded'));
    expect(await textOf('argo_retry', { name: 'stepped' })).toMatch(
      /retried: the update starts again[^]*\nRollout "stepped" does not continue by itself: /,
    );
  });

  it('ends when a blue-green rollout waits for its promotion', async () => {
    const text = await textOf('argo_set_image', { name: 'both', image: 'app:2' });
    expect(text).toMatch(/\n\nPaused - BlueGreenPause .*\nRollout "both" does not continue by/);
  });

  it('is refused with dry_run', async () => {
    const { status, body } = await server.call('argo_promote', { name: 'both', dry_run: true });
    expect([status, body.detail]).toEqual([422, expect.stringContaining('"wait_seconds" has no')]);
  });
});

describe('a rollout that a k8s tool changes', () => {
  const manifest = (name: string) => canary(at(name), [], { replicas: 2 });

  it('is waited for, alone and beside others', async () => {
    const content = JSON.stringify(manifest('applied'));
    expect(await textOf('k8s_apply', { content })).toMatch(
      /^rollout\.argoproj\.io\/applied created\n\nRollout "applied" is Healthy\.\nHealthy \| .* \| 2\/2 updated/,
    );
    const patch = JSON.stringify({
      spec: { template: { metadata: { labels: { again: 'yes' } } } },
    });
    const patched = await textOf('k8s_patch', {
      resource_type: 'rollouts.argoproj.io',
      name: 'applied',
      patch_type: 'merge',
      patch,
    });
    expect(patched).toMatch(/\n\nRollout "applied" is Healthy\.\nHealthy \| /);
    const both = [manifest('one'), manifest('two')];
    const text = await textOf('k8s_apply', {
      content: both.map((one) => JSON.stringify(one)).join('\n---\n'),
    });
    for (const name of ['one', 'two']) {
      expect(text).toMatch(new RegExp(`\n\\w+ "${name}" is Healthy: Healthy \\| .* 2/2 updated`));
    }
  });
});

describe('argo_status of what does not go on', () => {
  it('says which pods do not come, and why', async () => {
    await createObjects(canary(at('never'), [], { replicas: 3 }));
    await textOf('k8s_set_image', {
      resource_type: 'rollouts.argoproj.io',
      resource_name: 'never',
      container_images: `app=${BROKEN}`,
      wait_seconds: 1,
    }).then((text) =>
      expect(text).toMatch(
        /\n\nRollout "never" is not finished after 1 s\. argo_status with watch follows it\.\n/,
      ),
    );
    const status = (more: object) =>
      textOf('argo_status', { name: 'never', wait_seconds: undefined, ...more });
    await expect.poll(() => status({})).toMatch(/^Progressing - .*\n.*: ImagePullBackOff/);
    expect(await status({ watch: true, timeout_seconds: 1 })).toMatch(
      /\nRollout "never" is not finished after 1 s\. argo_describe shows its parts\.\n.*: ImagePullBackOff/,
    );
  });
});
