import { beforeAll, describe, expect, it } from 'vitest';
import { createObjects } from './support/manifest.js';
import {
  blueGreen,
  canary,
  isPhase,
  liveRollout,
  restDoor,
  untilRollout,
  type Args,
  type Door,
} from './support/rollouts.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

type Asked = [tool: string, args: Args, verb: string];

const namespace = 'argo-outcomes';
const PAUSES = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];

const own = useNamespace(namespace);
const server = useServer({ defaults: { namespace } });
let door: Door;
const call = (tool: string, name: string, args: Args = {}) => door.text(tool, { name, ...args });
const patch = (name: string, spec: object) =>
  own.kubectl('patch', 'rollout', name, '--type=merge', '-p', JSON.stringify({ spec }));

/** A rollout whose controller never looks at it: it is for another instance. */
const unattended = (name: string) => {
  const rollout = canary({ namespace, name }, PAUSES) as { metadata: object };
  const labels = { 'argo-rollouts.argoproj.io/controller-instance-id': 'nobody' };
  return { ...rollout, metadata: { ...rollout.metadata, labels } };
};

const ABORT: Asked = ['argo_abort_rollout', {}, 'an abort'];
const RETRY: Asked = ['argo_retry', {}, 'a retry'];
/** What rollouts that wait in a step are asked for, by their names. */
const ASKED: Record<string, Asked[]> = {
  promoted: [['argo_promote', {}, 'a promotion'], ABORT],
  skipped: [['argo_promote', { full: true }, 'a full promotion'], ABORT],
  aborted: [ABORT, RETRY, ABORT],
};

beforeAll(async () => {
  door = restDoor(server.url, { namespace });
  await createObjects(
    canary({ namespace, name: 'stuck' }, PAUSES),
    canary({ namespace, name: 'stepless' }, []),
    canary({ namespace, name: 'stepwise' }, PAUSES),
    canary({ namespace, name: 'idle' }, PAUSES, { replicas: 0 }),
    canary({ namespace, name: 'broken' }, PAUSES),
    canary({ namespace, name: 'window' }, PAUSES, { rollbackWindow: { revisions: 3 } }),
    ...blueGreen({ namespace, name: 'green' }),
    unattended('unattended'),
    ...['left', ...Object.keys(ASKED)].map(unattended),
  );
  for (const name of ['stuck', 'stepless', 'stepwise', 'idle', 'broken', 'window', 'green']) {
    await untilRollout(namespace, name, isPhase('Healthy'));
  }
});

describe('an update whose new pods do not come', () => {
  it.each(['stuck', 'stepless', 'green'])(
    'is aborted after its full promotion (%s)',
    async (name) => {
      await patch(name, { minReadySeconds: 600, progressDeadlineSeconds: 3_600 });
      expect(await call('argo_set_image', name, { image: 'app:2' })).toMatch(
        /image updated \(app: app:1 → app:2\)\. Now Progressing \(/,
      );
      expect(await call('argo_promote', name, { full: true })).toMatch(
        /^\S+ (promoted in full: .* are skipped\. Now Progressing \(|was asked for a full promotion; its controller has not acted)/,
      );
      expect((await liveRollout(namespace, name)).status.phase).not.toBe('Healthy');
      expect(await call('argo_abort_rollout', name)).toMatch(
        /^\S+ aborted: the stable version takes over again[^]*Now Degraded \(RolloutAborted: [^]*-\s+promoteFull: true\n/,
      );
      const { status } = await untilRollout(namespace, name, isPhase('Degraded'));
      expect(status.abort).toBe(true);
      expect(await call('argo_retry', name)).toMatch(
        /retried: the update starts again\. Now Progr/,
      );
      expect((await liveRollout(namespace, name)).status.abort ?? false).toBe(false);
    },
  );
});

describe('the answer of a verb', () => {
  it('says where the rollout then stands', async () => {
    await call('argo_set_image', 'stepwise', { image: 'app:2' });
    await untilRollout(namespace, 'stepwise', isPhase('Paused'));
    expect(await call('argo_promote', 'stepwise')).toMatch(
      /promoted past CanaryPauseStep\. Now \w+ \(.*\) at step [34] of 4\n/,
    );
    await untilRollout(namespace, 'stepwise', isPhase('Paused'));
    expect(await call('argo_pause_rollout', 'stepwise')).toMatch(
      /paused until argo_resume_rollout\. Now Paused \(manually paused\) at step 4 of 4\n/,
    );
    expect(await call('argo_abort_rollout', 'stepwise')).toMatch(
      /aborted: .* once argo_resume_rollout ends its pause by hand\..* Now Degraded/,
    );
    expect(await call('argo_retry', 'stepwise')).toMatch(
      /retried: the update starts again once argo_resume_rollout ends its pause by hand\. Now Paused/,
    );
    expect(await call('argo_resume_rollout', 'stepwise')).toMatch(/resumed\. Now /);
    expect(await call('argo_undo', 'stepwise')).toMatch(/set back to revision 1 \(.*\)\. Now /);
  });

  it('says so of a rollout without pods', async () => {
    expect(await call('argo_rollout_restart', 'idle')).toMatch(
      /restarted; it has no pods to replace\. Now (Healthy|Progressing \(rollout is restarting\))\n/,
    );
  });

  it('says that an update was aborted too late', async () => {
    await call('argo_set_image', 'window', { image: 'app:2' });
    await call('argo_promote', 'window', { full: true });
    await untilRollout(namespace, 'window', isPhase('Healthy'));
    await patch('window', { minReadySeconds: 600, progressDeadlineSeconds: 3_600 });
    await call('argo_undo', 'window');
    // The controller goes back within the window whatever it is told.
    expect(await call('argo_abort_rollout', 'window')).toMatch(
      /was asked for an abort, but its controller has taken that back, .* spec\.rollbackWindow\. Now Progressing/,
    );
    expect((await liveRollout(namespace, 'window')).status.abort ?? false).toBe(false);
  });

  it('does not claim anything of a rollout whose spec its controller refuses', async () => {
    await call('argo_set_image', 'broken', { image: 'app:2' });
    await untilRollout(namespace, 'broken', isPhase('Paused'));
    await patch('broken', { minReadySeconds: 3_600 });
    await untilRollout(namespace, 'broken', isPhase('Degraded'));
    for (const [tool, asked] of [
      ['argo_promote', 'a promotion'],
      ['argo_abort_rollout', 'an abort'],
      ['argo_rollout_restart', 'a restart'],
      ['argo_pause_rollout', 'a pause'],
      ['argo_resume_rollout', 'its resumption'],
    ] as const) {
      expect(await call(tool, 'broken')).toMatch(
        new RegExp(
          `^\\S+ was asked for ${asked}; its controller does not act on it, as its spec is not valid: The Rollout "broken" is invalid: spec\\.progressDeadlineSeconds: `,
        ),
      );
    }
    expect(await call('argo_set_image', 'broken', { image: 'app:3' })).toMatch(
      /image updated \(.*\); its controller does not act on it, as its spec is not valid/,
    );
  });

  it('comes at once from a dry run', async () => {
    const text = await call('argo_pause_rollout', 'unattended', { dry_run: true });
    expect(text).toMatch(/paused until argo_resume_rollout \(dry run: nothing was changed\)/);
    expect(text).not.toContain('Now ');
  });

  it('ends with its caller', async () => {
    const stop = new AbortController();
    const body = JSON.stringify({ name: 'left', namespace });
    const url = `${server.url}/engine/v1/tools/argo/argo_rollout_restart/execute`;
    const headers = { 'content-type': 'application/json' };
    const calling = fetch(url, { method: 'POST', headers, body, signal: stop.signal });
    const ended = calling.catch((error: unknown) => error);
    const asked = async () => (await liveRollout(namespace, 'left')).spec.restartAt;
    await expect.poll(asked).toBeDefined();
    stop.abort();
    expect(await ended).toBeInstanceOf(Error);
    await expect
      .poll(() => server.log)
      .toContainEqual(
        expect.objectContaining({ tool: 'argo_rollout_restart', outcome: 'cancelled' }),
      );
  });
});

describe('a rollout that no controller looks after', { concurrent: true }, () => {
  it('is not claimed to have taken up what was changed', async () => {
    const startedAt = performance.now();
    expect(await call('argo_set_image', 'unattended', { image: 'app:2' })).toMatch(
      /image updated \(.*\); its controller has not acted on it within 2 s\. Now Progressing \(/,
    );
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(await call('argo_pause_rollout', 'unattended')).toMatch(
      /was asked for a pause; its controller has not acted on it within 2 s/,
    );
    expect(await call('argo_resume_rollout', 'unattended')).toMatch(
      /was asked for its resumption; its controller has not acted on it within 2 s/,
    );
  });

  it.each(Object.entries(ASKED))('is not claimed to be %s', async (name, asked) => {
    // A controller that was there and is away now.
    const { metadata } = await liveRollout(namespace, name);
    const status = {
      observedGeneration: String(metadata.generation),
      currentPodHash: 'b',
      stableRS: 'a',
      controllerPause: true,
      currentStepIndex: 1,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }],
    };
    const patched = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
    await own.kubectl('patch', 'rollout', name, ...patched);
    for (const [tool, args, verb] of asked) {
      expect(await call(tool, name, args)).toMatch(
        new RegExp(`^\\S+ was asked for ${verb}; its controller has not acted on it within 2 s`),
      );
    }
    expect(await call('argo_abort_rollout', name)).toContain(
      'was asked for an abort already; its controller has not acted on it yet',
    );
    expect(await call('argo_retry', name)).toMatch(/retried: the update starts again|retry/);
  });
});
