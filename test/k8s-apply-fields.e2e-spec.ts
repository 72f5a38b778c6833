import { describe, expect, it } from 'vitest';
import { applyByKubectl, configMap, deployment, documents, secret } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useApply } from './support/use-apply.js';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const { own, server, apply } = useApply('apply-fields');
const replicasOf = (name: string) => own.stored(`deployment/${name}`, '{.spec.replicas}');
const containerOf = (name: string, field: string) =>
  own.stored(`deployment/${name}`, `{.spec.template.spec.containers[0].${field}}`);

describe('fields of others', () => {
  it('takes over from kubectl apply, and then removes what the manifest leaves out', async () => {
    await applyByKubectl(own.name, configMap('moved', { kept: '1', gone: '2' }));
    expect(textOf(await apply(configMap('moved', { kept: '3' })))).toContain(
      'Removed from configmap/moved in apply-fields: data.gone',
    );
    const { data, metadata } = await own.read('configmap/moved');
    expect(data).toEqual({ kept: '3' });
    // Those who go back to kubectl find what it compares with.
    expect(Object.keys(metadata.annotations ?? {})).toEqual([LAST_APPLIED]);
    expect(metadata.managedFields.map(({ manager, operation }) => [manager, operation])).toEqual([
      ['skyflo-mcp', 'Apply'],
    ]);
  });

  it('applies over our own patch', async () => {
    textOf(await apply(deployment('patched')));
    const patched = { name: 'patched', resource_type: 'deployment' };
    await server.textOf('k8s_patch', { ...patched, patch: 'spec: { replicas: 3 }' });
    textOf(await apply(deployment('patched', { replicas: 1, image: 'nginx:1.28' })));
    expect(await replicasOf('patched')).toBe('1');
    expect(await containerOf('patched', 'image')).toBe('nginx:1.28');
  });

  it.each([
    ['k8s_scale', { name: 'scaled', replicas: 5 }, 'spec.replicas', '5', '2'],
    [
      'k8s_set_image',
      { resource_name: 'scaled', container_images: 'web=nginx:1.29' },
      'spec.template.spec.containers[0].image',
      'nginx:1.29',
      'nginx:1.27',
    ],
  ])('goes back to the manifest after %s', async (tool, args, field, changed, wanted) => {
    const stored = () => own.stored('deployment/scaled', `{.${field}}`);
    textOf(await apply(deployment('scaled')));
    await server.textOf(tool, { resource_type: 'deployment', ...args });
    expect(await stored()).toBe(changed);
    expect(textOf(await apply(deployment('scaled')))).toMatch(
      new RegExp(`^deployment\\.apps/scaled configured\n[^]*\n-.*${changed}\n\\+.*${wanted}\n`),
    );
    expect(await stored()).toBe(wanted);
    expect(textOf(await apply(deployment('scaled')))).toBe('deployment.apps/scaled unchanged');
  });

  it("names a stranger's fields, and takes them over only when told to", async () => {
    textOf(await apply(deployment('strange')));
    await own.kubectl('scale', 'deployment/strange', '--replicas=5');
    const { status, body } = await apply(documents(configMap('strange'), deployment('strange')));
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toMatch(
      /deployment\.apps\/strange in apply-fields: "kubectl" manages spec\.replicas\. .*force_conflicts/,
    );
    expect(await own.isThere('configmap/strange')).toBe(false);
    expect(await replicasOf('strange')).toBe('5');
    textOf(await apply(deployment('strange'), { force_conflicts: true }));
    expect(await replicasOf('strange')).toBe('2');
  });
});

describe('a manifest that leaves out what an earlier one had', () => {
  const partial = (name: string) => deployment(name, { replicas: null, cpu: '' });

  it.each([
    ['applied by us', async (object: object) => void textOf(await apply(object))],
    ['applied by kubectl', (object: object) => applyByKubectl(own.name, object)],
  ])('is refused with the fields, and prunes them when told to (%s)', async (how, before) => {
    const name = how.replaceAll(' ', '-');
    await before(deployment(name));
    const refused = await apply(partial(name));
    expect([refused.status, refused.body.code]).toEqual([412, 'precondition']);
    expect(refused.body.detail).toContain(
      'drop it: spec.replicas, spec.template.spec.containers[name="web"].resources.limits.cpu.',
    );
    expect(await replicasOf(name)).toBe('2');
    const dry = await apply(partial(name), { prune_fields: true, dry_run: true });
    expect(textOf(dry)).toContain('-  replicas: 2\n+  replicas: 1');
    textOf(await apply(partial(name), { prune_fields: true }));
    expect(await replicasOf(name)).toBe('1');
    expect(await containerOf(name, 'resources')).toBe('{}');
  });

  it('may leave out keys of Secrets and ConfigMaps, which are removed and named', async () => {
    const both = { a: '1', b: '2' };
    textOf(await apply(documents(secret('keys', both), configMap('keys', both))));
    const text = textOf(await apply(documents(secret('keys', { a: '1' }), configMap('keys', {}))));
    expect(text).toContain('Removed from secret/keys in apply-fields: data.b');
    expect(text).toContain('Removed from configmap/keys in apply-fields: data.a, data.b');
    expect((await own.read('secret/keys')).data).toEqual({ a: 'MQ==' });
    expect((await own.read('configmap/keys')).data).toBeUndefined();
  });
});

describe('values of Secrets', () => {
  const VALUE = 'hunter2-hunter2';
  const encoded = Buffer.from(VALUE).toString('base64');

  it.each([
    ['new', { stringData: { pw: VALUE } }],
    ['changed', { stringData: { pw: `${VALUE}!` } }],
    ['not base64', { data: { pw: `${VALUE}!` } }],
    ['of a wrong type', { data: { pw: [VALUE] } }],
    ['in an unknown field', { stringDatas: { pw: VALUE } }],
    ['in broken YAML', `\n  pw: "${VALUE}`],
    [
      'not what the type asks for',
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': VALUE } },
    ],
  ])('are not in the answer: %s', async (_, rest) => {
    const base = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'quiet' } };
    const text = typeof rest === 'string' ? `${JSON.stringify(base)}${rest}` : { ...base, ...rest };
    const { body } = await apply(text);
    expect(JSON.stringify(body)).not.toContain(VALUE);
    expect(JSON.stringify(body)).not.toContain(encoded.slice(0, -2));
    expect(JSON.stringify(server.log)).not.toContain(VALUE);
  });
});

describe('a value of a wrong type', () => {
  const inContainer = (fields: object) => {
    const object = deployment('typed');
    Object.assign(object.spec.template.spec.containers[0]!, fields);
    return object;
  };
  const CONTAINER_0 = 'spec.template.spec.containers[0]';
  const rollout = (object: object, spec: object = {}) => ({
    ...object,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    spec: { ...(object as { spec: object }).spec, ...spec },
  });

  it.each([
    [configMap('typed', { a: { b: 1 } }), 'data.a must be text, not a map'],
    [configMap('typed', { a: 1, b: true }), 'data.a must be text, not a whole number; data.b must'],
    [{ ...configMap('typed'), data: ['x\n  .y: z'] }, 'data must be a map, not a list'],
    [
      deployment('typed', { replicas: 1.5 as never }),
      'spec.replicas must be a whole number, not a number',
    ],
    [inContainer({ command: 'sh' }), `${CONTAINER_0}.command must be a list, not text`],
    [inContainer({ tty: 'yes' }), `${CONTAINER_0}.tty must be true or false, not text`],
    [
      inContainer({ env: [{ name: 'A', value: 1 }] }),
      `${CONTAINER_0}.env[0].value must be text, not a whole number`,
    ],
    [
      inContainer({ livenessProbe: { httpGet: { port: { a: 1 } } } }),
      `${CONTAINER_0}.livenessProbe.httpGet.port must be a whole number or text, not a map`,
    ],
    [
      inContainer({ resources: { limits: { cpu: 'a lot' } } }),
      `${CONTAINER_0}.resources.limits.cpu must be a quantity such as "500m" or "1Gi"`,
    ],
    [
      inContainer({ resources: { limits: { cpu: [1] } } }),
      `${CONTAINER_0}.resources.limits.cpu must be a quantity such as "500m" or "1Gi"`,
    ],
    [rollout(deployment('typed', { replicas: 'two' })), 'spec.replicas must be a whole number'],
    [rollout(deployment('typed'), { replicas: 1.5 }), 'spec.replicas must be a whole number'],
    [
      rollout(inContainer({ ports: [{ containerPort: 'http' }] })),
      `${CONTAINER_0}.ports[0].containerPort must be a whole number, not text`,
    ],
  ])('is named with what is wanted: %j', async (object, said) => {
    const { status, body } = await apply(object);
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.detail).toContain(`/typed in apply-fields: ${said}`);
    expect(body.detail).not.toContain('unstructured');
  });

  it("is named of a Secret without the Secret's values", async () => {
    const target = { name: 'typed', resource_type: 'secret', patch_type: 'merge' };
    await own.kubectl('create', 'secret', 'generic', 'typed', '--from-literal=a=quiet-quiet');
    const patch = JSON.stringify({ stringData: { a: { b: 'hunter2-hunter2' } } });
    const { body } = await server.call('k8s_patch', { ...target, patch });
    expect(body.detail).toBe(
      'secret/typed: stringData.a must be text, not a map. Nothing was changed.',
    );
  });
});

describe('nulls of generated manifests', () => {
  const generated = (kind: object) => ({
    ...kind,
    metadata: { name: 'generated', creationTimestamp: null, labels: null },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'generated' } },
      strategy: {},
      template: {
        metadata: { creationTimestamp: null, labels: { app: 'generated' }, annotations: null },
        spec: {
          containers: [
            { name: 'a', image: 'a:1', resources: {}, env: null, unknown: null },
            { name: 'b', image: 'b:1', unknown: null },
          ],
          volumes: null,
        },
      },
    },
    status: {},
  });

  it.each([
    [{ apiVersion: 'apps/v1', kind: 'Deployment' }, 'deployment.apps'],
    [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }, 'rollout.argoproj.io'],
  ])('are dropped as kubectl drops them: %j', async (kind, type) => {
    textOf(await apply(generated(kind), { dry_run: true }));
    expect(textOf(await apply(generated(kind)))).toMatch(
      new RegExp(`^${type}/generated created`.replaceAll('.', '\\.')),
    );
    expect(textOf(await apply(generated(kind)))).toMatch(/ unchanged$/);
    expect(await own.stored(type + '/generated', '{.spec.template.spec.containers[*].image}')).toBe(
      'a:1 b:1',
    );
  });

  it('leave an unknown field that has a value refused', async () => {
    const object = generated({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' });
    Object.assign(object.spec.template.metadata, { creationTime: 5 });
    const { status, body } = await apply(object);
    expect(status).toBe(422);
    expect(body.detail).toContain('.spec.template.metadata.creationTime: field not declared');
    expect(body.detail).not.toContain('creationTimestamp');
  });
});
