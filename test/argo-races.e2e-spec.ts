import { beforeAll, describe, expect, it } from 'vitest';
import { isWrite } from './support/api-gate.js';
import { createObjects } from './support/manifest.js';
import { canary, isPhase, liveRollout, untilRollout } from './support/rollouts.js';
import { useGate } from './support/use-gate.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const namespace = 'argo-races';
const name = 'web';

const own = useNamespace(namespace);
const door = useGate();
const server = useServer({ defaults: { namespace, name }, env: door.env });
beforeAll(async () => {
  await createObjects(canary({ namespace, name }, [{ setWeight: 25 }, { pause: {} }]));
  await untilRollout(namespace, name, isPhase('Healthy'));
  await own.kubectl('patch', 'rollout', name, '--type=json', '-p', setImage('app:2'));
  await untilRollout(namespace, name, isPhase('Paused'));
});

const setImage = (image: string) =>
  JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }]);
const patchByOther = (...args: string[]) =>
  own.kubectl('patch', 'rollout', name, '--type=merge', ...args);

describe('a rollout that changes while a verb is decided', () => {
  it('is decided upon again, until it stands still', async () => {
    for (let count = 1; count <= 8; count++) {
      const metadata = { annotations: { count: `${count}` } };
      door.gate.before(isWrite, () => patchByOther('-p', JSON.stringify({ metadata })));
    }
    expect(await server.textOf('argo_pause_rollout')).toContain('+  paused: true');
    const { spec, metadata } = await liveRollout(namespace, name);
    expect([spec.paused, metadata.annotations?.['count']]).toEqual([true, '8']);
    await server.textOf('argo_resume_rollout');
  });

  it('is refused what no longer makes sense', async () => {
    door.gate.before(isWrite, () =>
      patchByOther('--subresource=status', '-p', JSON.stringify({ status: { abort: true } })),
    );
    const { status, body } = await server.call('argo_promote');
    expect([status, body.code, body.detail]).toEqual([
      412,
      'precondition',
      expect.stringContaining('is aborted, so it cannot be promoted'),
    ]);
    await server.textOf('argo_retry');
    await untilRollout(namespace, name, isPhase('Paused'));
  });

  it('is promoted in full right after a new image, by one decision', async () => {
    await server.textOf('argo_promote', { full: true });
    await untilRollout(namespace, name, isPhase('Healthy'));
    await server.textOf('argo_set_image', { image: 'app=app:3' });
    expect(await server.textOf('argo_promote', { full: true })).toContain('promoted in full');
    const { spec } = await untilRollout(namespace, name, isPhase('Healthy'));
    expect(spec.template?.spec.containers[0]?.image).toBe('app:3');
  });
});
