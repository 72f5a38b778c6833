import { beforeEach, describe, expect, it } from 'vitest';
import { configMap, createObjects, documents, workload } from './support/manifest.js';
import { useGate } from './support/use-gate.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('wait-seconds');
const door = useGate();
const server = useServer({ defaults: { namespace: own.name }, env: door.env });

const BROKEN = 'registry.example.com/app:invalid-tag';
const DONE =
  /\n\ndeployment "web" successfully rolled out\n2 desired, 2 updated, 2 ready, 2 available; took \d+s; images app=\S+$/;

const web = { resource_type: 'deployment', name: 'web' };
const deployment = (name: string, image: string, spec: object = {}) =>
  workload('Deployment', { namespace: own.name, name }, { app: image }, { replicas: 2, ...spec });
const setImage = (image: string, more: object = {}) =>
  [
    'k8s_set_image',
    {
      resource_type: 'deployment',
      resource_name: 'web',
      container_images: `app=${image}`,
      ...more,
    },
  ] as const;

beforeEach(async () => {
  await own.kubectl('delete', 'deployments,statefulsets,daemonsets,configmaps', '--all');
  await createObjects(deployment('web', 'nginx:1'));
  await own.kubectl('rollout', 'status', 'deployment/web');
});

describe('a write with wait_seconds', () => {
  it.each<[string, object]>([
    ['k8s_set_image', setImage('nginx:2')[1]],
    [
      'k8s_patch',
      {
        ...web,
        patch: '{"spec":{"minReadySeconds":0,"template":{"metadata":{"labels":{"a":"b"}}}}}',
      },
    ],
    ['k8s_rollout_restart', { name: 'web' }],
    ['k8s_apply', { content: documents(deployment('web', 'nginx:3')), force_conflicts: true }],
  ])('waits for the rollout: %s', async (tool, args) => {
    const text = await server.textOf(tool, { ...args, wait_seconds: 60 });
    expect(text).toMatch(DONE);
  });

  it('waits for the rollout: k8s_scale, k8s_rollout_undo', async () => {
    const less = await server.textOf('k8s_scale', { ...web, replicas: 1, wait_seconds: 60 });
    expect(less).toMatch(/scaled from 2 to 1\n[^]*rolled out\n1 desired, 1 updated, 1 ready/);
    await server.textOf(...setImage(BROKEN));
    const back = await server.textOf('k8s_rollout_undo', { ...web, wait_seconds: 60 });
    expect(back).toMatch(/rolled back from revision 2 to revision 1\n[^]*successfully rolled out/);
  });

  it('says at the end of that time why the rollout is not finished, and is a success', async () => {
    const text = await server.textOverMcp(...setImage(BROKEN, { wait_seconds: 2 }));
    expect(text).toMatch(
      /^deployment\.apps\/web image updated \(app: nginx:1 → \S+:invalid-tag\)\n/,
    );
    expect(text).toMatch(
      /\n\ndeployment "web" is not finished after 2 s: 1 of 2 replicas are updated\.\n2 desired, .* so far; .*\npod web-\S+: container app: ImagePullBackOff: /,
    );
    expect(text).toMatch(/\n {2}next: k8s_describe with resource_type "pod", name "web-/);
  });

  it('ends early when the rollout has failed for good', async () => {
    await own.kubectl('patch', 'deployment/web', '-p', '{"spec":{"progressDeadlineSeconds":2}}');
    const startedAt = performance.now();
    const text = await server.textOf(...setImage(BROKEN, { wait_seconds: 300 }));
    expect(text).toMatch(/\n\ndeployment "web" exceeded its progress deadline: .*\n.*\npod web-/);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    // The failure before the next change is none of that change.
    expect(await server.textOf(...setImage('nginx:4', { wait_seconds: 60 }))).toMatch(DONE);
  });

  it('waits side by side for all that a manifest rolls out', async () => {
    const at = (name: string) => ({ namespace: own.name, name });
    const content = documents(
      configMap('settings', { a: 'b' }, { namespace: own.name }),
      deployment('good', 'nginx:1'),
      deployment('bad', BROKEN),
      workload('StatefulSet', at('set'), { app: 'nginx:1' }, { serviceName: 'set' }),
      workload('DaemonSet', at('all'), { app: 'nginx:1' }),
    );
    const text = await server.textOf('k8s_apply', { content, wait_seconds: 5 });
    const lines = text.split('\n');
    expect(lines).toContain('configmap/settings created');
    const ends = lines.filter((line) => /^(deployment|statefulset|daemonset) "/.test(line));
    expect(ends).toEqual([
      expect.stringMatching(/^deployment "good" successfully rolled out: 2 desired, 2 updated/),
      expect.stringMatching(/^deployment "bad" is not finished after 5 s: 0 of 2 updated replicas/),
      expect.stringMatching(/^statefulset "set" successfully rolled out: 1 desired/),
      expect.stringMatching(/^daemonset "all" successfully rolled out: \d desired/),
    ]);
    expect(text).toMatch(/\n2 pods: container app: ImagePullBackOff: .* \(such as bad-\S+\)\n/);
  });

  it('says that there is nothing to wait for', async () => {
    const content = documents(configMap('settings', { a: 'c' }, { namespace: own.name }));
    const text = await server.textOf('k8s_apply', { content, wait_seconds: 60 });
    expect(text).toMatch(/\n\nNothing to wait for: only deployment, daemonset, statefulset are/);
  });

  it('goes on when the API server was away meanwhile', async () => {
    const told: string[] = [];
    const begun = Promise.withResolvers<void>();
    const answer = server.mcp.call(...setImage(BROKEN, { namespace: own.name, wait_seconds: 40 }), {
      onprogress: ({ message = '' }) => {
        told.push(message);
        if (message.includes('updated')) begun.resolve();
      },
    });
    await begun.promise;
    door.gate.goAway();
    await expect.poll(() => told).toContainEqual(expect.stringMatching(/^The cluster is away: /));
    door.gate.comeBack();
    await own.kubectl('set', 'image', 'deployment/web', 'app=nginx:5');
    const { isError, content } = await answer;
    expect(isError).not.toBe(true);
    expect((content as { text: string }[])[0]!.text).toMatch(/successfully rolled out/);
  });

  it('is refused with dry_run, and beyond ten minutes', async () => {
    const dry = await server.call(...setImage('nginx:6', { wait_seconds: 5, dry_run: true }));
    expect([dry.status, dry.body.detail]).toEqual([
      422,
      expect.stringContaining('"wait_seconds" has no meaning with dry_run'),
    ]);
    expect((await server.call(...setImage('nginx:6', { wait_seconds: 601 }))).status).toBe(422);
    expect(
      await server.textOf(...setImage('nginx:6', { wait_seconds: 0, dry_run: true })),
    ).toContain('dry run');
    expect(await own.stored('deployment/web', '{.spec.template.spec.containers[0].image}')).toBe(
      'nginx:1',
    );
  });
});
