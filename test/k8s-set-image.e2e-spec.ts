import { beforeAll, describe, expect, it } from 'vitest';
import { createObjects, workload } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const { name: namespace, stored } = useNamespace('image-writes');
const { call, textOf, textOverMcp } = useServer({ defaults: { namespace } });
beforeAll(() => {
  const named = (name: string) => ({ namespace, name });
  return createObjects(
    workload('Deployment', named('web'), { nginx: 'nginx:1.27', proxy: 'envoy:1.30' }),
    workload('Deployment', named('api'), { api: 'api:1' }, { replicas: 2 }),
    workload('Deployment', named('paused'), { app: 'app:1' }, { paused: true }),
    workload('StatefulSet', named('db'), { db: 'postgres:17' }, { serviceName: 'db' }),
    workload('DaemonSet', named('agent'), { agent: 'agent:1' }),
    workload(
      'DaemonSet',
      named('manual'),
      { agent: 'agent:1' },
      { updateStrategy: { type: 'OnDelete' } },
    ),
    workload(
      'Rollout',
      named('checkout'),
      { checkout: 'checkout:1' },
      { strategy: { canary: {} } },
    ),
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: named('nightly'),
      spec: {
        schedule: '30 3 * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: {
                restartPolicy: 'OnFailure',
                initContainers: [{ name: 'prepare', image: 'busybox:1.36' }],
                containers: [{ name: 'report', image: 'report:1' }],
              },
            },
          },
        },
      },
    },
  );
});

/** The parameters that set images of an object, given as kind/name. */
const images = (target: string, container_images: string, more: object = {}) => {
  const [resource_type, resource_name] = target.split('/');
  return { resource_type, resource_name, container_images, ...more };
};
const imagesOf = (target: string, path = '{.spec.template.spec.containers[*].image}') =>
  stored(target, path);

describe('k8s_set_image', () => {
  it('sets several images at once, joined by commas, spaces or both', async () => {
    const text = await textOf(
      'k8s_set_image',
      images('deployment/web', 'nginx=nginx:1.28,proxy=envoy:1.36'),
    );
    expect(text).toMatch(
      /^deployment\.apps\/web image updated \(nginx: nginx:1\.27 → nginx:1\.28; proxy: envoy:1\.30 → envoy:1\.36\)\n/,
    );
    expect(text).toContain('-      - image: nginx:1.27\n+      - image: nginx:1.28');
    expect(await imagesOf('deployment/web')).toBe('nginx:1.28 envoy:1.36');
    await textOf(
      'k8s_set_image',
      images(
        'deploy/web',
        'nginx=nginx:1.29, proxy=registry.example.com:5000/a/envoy_x:1@sha256:0a',
      ),
    );
    expect(await imagesOf('deployment/web')).toBe(
      'nginx:1.29 registry.example.com:5000/a/envoy_x:1@sha256:0a',
    );
  });

  it('reaches init containers and the template inside a CronJob, with * for all that are not named', async () => {
    await textOf('k8s_set_image', images('cronjob/nightly', '*=tools:2,report=report:2'));
    const pod = '.spec.jobTemplate.spec.template.spec';
    expect(
      await imagesOf(
        'cronjob/nightly',
        `{${pod}.initContainers[*].image} {${pod}.containers[*].image}`,
      ),
    ).toBe('tools:2 report:2');
  });

  it.each([
    ['statefulset/db', 'db=postgres:18'],
    ['daemonset/agent', 'agent=agent:2'],
    ['rollouts.argoproj.io/checkout', 'checkout=checkout:2'],
  ])('works on %s, over MCP', async (target, container_images) => {
    const args = images(target, container_images);
    expect(await textOverMcp('k8s_set_image', args)).toContain('image updated');
    expect(await imagesOf(target)).toBe(container_images.split('=')[1]);
    expect(await textOf('k8s_set_image', args)).toMatch(/already has these images/);
  });

  it('says what keeps the new image from the pods', async () => {
    expect(await textOf('k8s_set_image', images('ds/manual', '*=agent:2'))).toMatch(
      /^daemonset\.apps\/manual image updated .*OnDelete/,
    );
    expect(await textOf('k8s_set_image', images('deployment/paused', 'app=app:2'))).toMatch(
      /it is paused/,
    );
  });

  it('changes nothing in a dry run, and shows the same', async () => {
    const before = await stored('deployment/api', '{.metadata.generation}');
    const text = await textOf(
      'k8s_set_image',
      images('deployment/api', 'api=api:2', { dry_run: true }),
    );
    expect(text).toMatch(/dry run: nothing was changed/);
    expect(text).toContain('+      - image: api:2');
    expect(await imagesOf('deployment/api')).toBe('api:1');
    expect(await stored('deployment/api', '{.metadata.generation}')).toBe(before);
  });

  it('names the containers when one is not there, and changes none', async () => {
    const { status, body } = await call(
      'k8s_set_image',
      images('deployment/api', 'api=api:9,sidecar=proxy:1'),
    );
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.errors).toEqual([
      expect.objectContaining({ field: 'container_images', accepts: 'api or *' }),
    ]);
    expect(await imagesOf('deployment/api')).toBe('api:1');
  });

  it.each([
    'nginx',
    'api=',
    '=api:2',
    'api=-A',
    'api=api:2 --all',
    'api=api:2,',
    'api=api:2\n',
    'api=ä:2',
    'api=api:2,api=api:3',
    'api=../x',
  ])('refuses %j', async (container_images) => {
    expect(await call('k8s_set_image', images('deployment/api', container_images))).toMatchObject({
      status: 422,
      body: { code: 'invalid_input' },
    });
    expect(await imagesOf('deployment/api')).toBe('api:1');
  });

  it.each([
    ['configmap/kube-root-ca.crt', /no pod template/],
    ['job/anything', /cannot change/],
  ])('refuses %s, in words', async (target, message) => {
    const { status, body } = await call('k8s_set_image', images(target, '*=api:2'));
    expect([status, body.detail]).toEqual([422, expect.stringMatching(message)]);
  });
});
