import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { K8sModule } from '#k8s';
import { ToolError, ToolInvoker, ToolsModule } from '#tools';
import { kubectl } from './support/kubectl.js';
import { CLIENTS } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

const NAMESPACE = 'apply-test';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The tools without a front door, to see how a call ends that its caller has ended. */
@Module({ imports: [ToolsModule, K8sModule] })
class DoorlessModule {}

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  await kubectl('create', 'namespace', NAMESPACE);
});
afterAll(async () => {
  await kubectl('delete', 'namespace', NAMESPACE, 'apply-made', '--wait=false');
  await server.stop();
});

const apply = (content: unknown, more: Record<string, unknown> = {}) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return execute(server.url, 'k8s_apply', { content: text, namespace: NAMESPACE, ...more });
};

interface Live {
  metadata: {
    resourceVersion: string;
    annotations?: Record<string, string>;
    managedFields: { manager: string; operation: string }[];
  };
  spec: {
    replicas: number;
    template: { spec: { containers: { image: string; resources: object }[] } };
  };
  data?: Record<string, string>;
}

const live = async (object: string): Promise<Live> =>
  JSON.parse(
    await kubectl('get', object, '-n', NAMESPACE, '-o', 'json', '--show-managed-fields'),
  ) as Live;

const isThere = async (object: string): Promise<boolean> =>
  (await kubectl('get', object, '-n', NAMESPACE, '--ignore-not-found', '-o', 'name')) !== '';

const configMap = (name: string, data: Record<string, unknown> = { key: 'value' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

const secret = (name: string, stringData: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

interface DeploymentOptions {
  replicas?: number | string | null;
  cpu?: string;
  image?: string;
}

const deployment = (
  name: string,
  { replicas = 2, cpu = '100m', image = 'nginx:1.27' }: DeploymentOptions = {},
) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    ...(replicas !== null && { replicas }),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image, resources: cpu ? { limits: { cpu } } : {} }] },
    },
  },
});

const documents = (...objects: object[]) =>
  objects.map((object) => JSON.stringify(object)).join('\n---\n');

/** Applies it as a user of kubectl would. */
async function kubectlApply(object: object): Promise<void> {
  const file = join(inject('sandboxFolder'), `${randomUUID()}.json`);
  await writeFile(file, JSON.stringify(object));
  await kubectl('apply', '-n', NAMESPACE, '-f', file);
}

describe('k8s_apply', () => {
  it('says of each object what it did, over REST', async () => {
    const created = await apply(documents(configMap('one'), deployment('one')));
    expect(created.status).toBe(200);
    expect(created.body.result).toMatch(/^configmap\/one created\ndeployment\.apps\/one created\n/);
    const again = await apply(documents(configMap('one', { key: 'new' }), deployment('one')));
    expect(again.body.result).toMatch(
      /^configmap\/one configured\ndeployment\.apps\/one unchanged\n/,
    );
    expect(again.body.result).toContain('-  key: value\n+  key: new');
    expect((await live('configmap/one')).data).toEqual({ key: 'new' });
  });

  it.each(Object.keys(CLIENTS).slice(0, 3))('works over MCP (%s)', async (kind) => {
    const client = await CLIENTS[kind]!(server);
    const name = `mcp-${Object.keys(CLIENTS).indexOf(kind)}`;
    const { isError, content } = await client.call('k8s_apply', {
      content: JSON.stringify(configMap(name)),
      namespace: NAMESPACE,
    });
    await client.close();
    expect([isError, content[0]?.text]).toEqual([
      false,
      expect.stringContaining(`${name} created`),
    ]);
    expect(await isThere(`configmap/${name}`)).toBe(true);
  });

  it('gives the same facts as data', async () => {
    const args = { content: JSON.stringify(configMap('data')), namespace: NAMESPACE };
    const { body } = await execute(server.url, 'k8s_apply', args, { query: '?data=true' });
    expect(body.data).toEqual({
      dry_run: false,
      objects: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          namespace: NAMESPACE,
          name: 'data',
          result: 'created',
        },
      ],
    });
  });

  it('changes nothing in a dry run, and shows the diff', async () => {
    await apply(configMap('dry'));
    const { resourceVersion } = (await live('configmap/dry')).metadata;
    const { body } = await apply(
      documents(configMap('dry', { key: 'new' }), configMap('dry-new')),
      {
        dry_run: true,
      },
    );
    expect(body.result).toMatch(
      /^configmap\/dry configured\nconfigmap\/dry-new created\n\(dry run/,
    );
    expect(body.result).toContain('-  key: value\n+  key: new');
    expect((await live('configmap/dry')).metadata.resourceVersion).toBe(resourceVersion);
    expect(await isThere('configmap/dry-new')).toBe(false);
  });

  it('creates namespaces and kinds before what needs them, wherever they stand', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.apply.test' },
      spec: {
        group: 'apply.test',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
              },
            },
          },
        ],
      },
    };
    const widget = {
      apiVersion: 'apply.test/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'apply-made' },
      spec: { size: 3 },
    };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apply-made' } };
    const list = { apiVersion: 'v1', kind: 'List', items: [widget, definition, namespace] };
    const dry = await apply(list, { namespace: null, dry_run: true });
    expect(dry.body.result).toContain('Not checked: widget.apply.test/w in apply-made');
    const { body } = await apply(list, { namespace: null });
    expect(body.result?.split('\n').slice(0, 3)).toEqual([
      'namespace/apply-made created',
      'customresourcedefinition.apiextensions.k8s.io/widgets.apply.test created',
      'widget.apply.test/w created',
    ]);
    const size = ['get', 'widget', 'w', '-n', 'apply-made', '-o', 'jsonpath={.spec.size}'];
    expect(await kubectl(...size)).toBe('3');
    const found = await execute(server.url, 'k8s_get', {
      resource_type: 'widgets',
      all_namespaces: true,
    });
    expect(found.body.result).toContain('apply-made');
    await kubectl('delete', 'crd', 'widgets.apply.test');
  });
});

describe('a manifest with a fault', () => {
  const good = JSON.stringify(configMap('never'));

  it.each([
    ['broken YAML', 'a: b\n  c: d', /at line 3, column 4/],
    [
      'an object without a name',
      '{"apiVersion":"v1","kind":"ConfigMap"}',
      /document 2 \(line 3\): metadata\.name/,
    ],
    [
      'an unknown kind',
      JSON.stringify({ ...configMap('x'), kind: 'ConfigMop' }),
      /configmaps \(cm\)/,
    ],
    [
      'an unknown field',
      JSON.stringify({ ...configMap('x'), dataz: {} }),
      /configmap\/x in apply-test: \.dataz: field not declared/,
    ],
    [
      'a value of a wrong type',
      JSON.stringify(deployment('x', { replicas: 'x' })),
      /\.spec\.replicas: expected numeric/,
    ],
    ['a bad name', JSON.stringify(configMap('n --all')), /Invalid value: "n --all"/],
    [
      'a name that is a path',
      JSON.stringify(configMap('../x')),
      /document 2 .* cannot be the name/,
    ],
    [
      'another namespace',
      JSON.stringify({ ...configMap('x'), metadata: { name: 'x', namespace: 'shop' } }),
      /namespace "shop"/,
    ],
    ['an object twice', good, /configmap\/never is already in document 1/],
  ])('is refused and nothing applied: %s', async (_, text, said) => {
    const { status, body } = await apply(`${good}\n---\n${text}`);
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.detail).toMatch(said);
    expect(await isThere('configmap/never')).toBe(false);
  });

  it.each(['', '---\n# nothing\n', 'just text', '[]'])('is refused: %j', async (content) => {
    expect(await apply(content)).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  });

  it('names all objects that are refused, and a namespace that is not there', async () => {
    const objects = [
      { ...configMap('x'), dataz: {} },
      { ...configMap('y'), datay: {} },
    ];
    const { body } = await apply(documents(...objects));
    expect(body.detail).toMatch(
      /configmap\/x .*\.dataz.*\nconfigmap\/y .*\.datay.*\nNothing was applied\.$/s,
    );
    const { status, body: missing } = await apply(configMap('x'), { namespace: 'apply-nowhere' });
    expect([status, missing.detail]).toEqual([
      404,
      expect.stringContaining('"apply-nowhere" does not exist'),
    ]);
  });
});

describe('fields of others', () => {
  it('takes over from kubectl apply, and then removes what the manifest leaves out', async () => {
    await kubectlApply(configMap('moved', { kept: '1', gone: '2' }));
    const { status, body } = await apply(configMap('moved', { kept: '3' }));
    expect(status).toBe(200);
    expect(body.result).toContain('Removed from configmap/moved in apply-test: data.gone');
    const { data, metadata } = await live('configmap/moved');
    expect(data).toEqual({ kept: '3' });
    // Those who go back to kubectl find what it compares with.
    expect(Object.keys(metadata.annotations ?? {})).toEqual([LAST_APPLIED]);
    expect(metadata.managedFields.map(({ manager, operation }) => [manager, operation])).toEqual([
      ['skyflo-mcp', 'Apply'],
    ]);
  });

  it('applies over our own patch and scale', async () => {
    await apply(deployment('own'));
    await execute(server.url, 'k8s_patch', {
      name: 'own',
      resource_type: 'deployment',
      namespace: NAMESPACE,
      patch: 'spec: { replicas: 3 }',
    });
    const { status } = await apply(deployment('own', { replicas: 1, image: 'nginx:1.28' }));
    expect(status).toBe(200);
    const { spec } = await live('deployment/own');
    expect([spec.replicas, spec.template.spec.containers[0]?.image]).toEqual([1, 'nginx:1.28']);
  });

  it("names a stranger's fields, and takes them over only when told to", async () => {
    await apply(deployment('strange'));
    await kubectl('scale', 'deployment/strange', '--replicas=5', '-n', NAMESPACE);
    const { status, body } = await apply(documents(configMap('strange'), deployment('strange')));
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toMatch(
      /deployment\.apps\/strange in apply-test: "kubectl" manages spec\.replicas\. .*force_conflicts/,
    );
    expect(await isThere('configmap/strange')).toBe(false);
    expect((await live('deployment/strange')).spec.replicas).toBe(5);
    expect((await apply(deployment('strange'), { force_conflicts: true })).status).toBe(200);
    expect((await live('deployment/strange')).spec.replicas).toBe(2);
  });
});

describe('a manifest that leaves out what an earlier one had', () => {
  const partial = (name: string) => deployment(name, { replicas: null, cpu: '' });

  it.each([
    ['applied by us', (object: object) => apply(object)],
    ['applied by kubectl', kubectlApply],
  ])('is refused with the fields, and prunes them when told to (%s)', async (how, before) => {
    const name = how.replaceAll(' ', '-');
    await before(deployment(name));
    const refused = await apply(partial(name));
    expect([refused.status, refused.body.code]).toEqual([412, 'precondition']);
    expect(refused.body.detail).toContain(
      'drop it: spec.replicas, spec.template.spec.containers[name="web"].resources.limits.cpu.',
    );
    expect((await live(`deployment/${name}`)).spec.replicas).toBe(2);
    const dry = await apply(partial(name), { prune_fields: true, dry_run: true });
    expect(dry.body.result).toContain('-  replicas: 2\n+  replicas: 1');
    expect((await apply(partial(name), { prune_fields: true })).status).toBe(200);
    const { spec } = await live(`deployment/${name}`);
    expect([spec.replicas, spec.template.spec.containers[0]?.resources]).toEqual([1, {}]);
  });

  it('may leave out keys of Secrets and ConfigMaps, which are removed and named', async () => {
    await apply(
      documents(secret('keys', { a: '1', b: '2' }), configMap('keys', { a: '1', b: '2' })),
    );
    const { body } = await apply(documents(secret('keys', { a: '1' }), configMap('keys', {})));
    expect(body.result).toContain('Removed from secret/keys in apply-test: data.b');
    expect(body.result).toContain('Removed from configmap/keys in apply-test: data.a, data.b');
    expect((await live('secret/keys')).data).toEqual({ a: 'MQ==' });
    expect((await live('configmap/keys')).data).toBeUndefined();
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

describe('an apply that ends in the middle', () => {
  it('says what was applied and what was not, when an object is refused', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apply-part' } };
    const there = (object: object) => ({
      ...object,
      metadata: { name: 'p', namespace: 'apply-part' },
    });
    const content = documents(
      there(configMap('p')),
      there({ ...secret('p', {}), dataz: {} }),
      there(deployment('p')),
      namespace,
    );
    const { status, body } = await apply(content, { namespace: null });
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.detail).toBe(
      '2 of 4 objects applied\nsecret/p in apply-part failed: .dataz: field not declared in schema\nNot applied: deployment.apps/p in apply-part',
    );
    expect(body['output']).toBe(
      'namespace/apply-part created\nconfigmap/p created\nsecret/p failed\ndeployment.apps/p not applied',
    );
    const kinds = 'configmaps,secrets,deployments';
    const left = await kubectl('get', kinds, '-n', 'apply-part', '-o', 'name');
    expect(left).toMatch(/^configmap\/p$/m);
    expect(left).not.toMatch(/(secret|deployment.*)\/p$/m);
    await kubectl('delete', 'namespace', 'apply-part', '--wait=false');
  });

  it('says exactly what was applied, when its time is over', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `stop-${index}`);
    const content = documents(...names.map((name) => configMap(name)));
    const time = new AbortController();
    const over = new ToolError('timeout', 'Time is over.');
    vi.stubEnv('KUBECONFIG', inject('sandboxEnv')['KUBECONFIG']);
    const app = await NestFactory.createApplicationContext(DoorlessModule, { logger: false });
    const failure = (await app
      .get(ToolInvoker)
      .call(
        'k8s_apply',
        { content, namespace: NAMESPACE },
        {
          signal: time.signal,
          progress: ({ progress }) => progress === 20 && time.abort(over),
        },
      )
      .catch((error: unknown) => error)) as ToolError;
    await app.close();
    expect(failure).toMatchObject({ code: 'timeout', retryable: false });
    expect(failure.message).toMatch(/^\d+ of 100 objects applied\nTime is over\.\nNot applied: /);
    const said = (failure.output ?? '').split('\n').filter((line) => line.endsWith(' created'));
    const made = await kubectl('get', 'configmaps', '-n', NAMESPACE, '-o', 'name');
    const stops = made.split('\n').filter((line) => line.includes('/stop-'));
    expect(said.map((line) => line.replace(' created', '')).toSorted()).toEqual(stops.toSorted());
    expect(stops.length).toBeGreaterThanOrEqual(20);
    expect(stops.length).toBeLessThan(100);
  });

  it('stops when its caller cancels', async () => {
    const client = await CLIENTS['2025 over Streamable HTTP']!(server);
    const cancel = new AbortController();
    const names = Array.from({ length: 300 }, (_, index) => `cancel-${index}`);
    const content = documents(...names.map((name) => configMap(name)));
    await expect(
      client.call(
        'k8s_apply',
        { content, namespace: NAMESPACE },
        { signal: cancel.signal, onprogress: () => cancel.abort() },
      ),
    ).rejects.toThrow();
    await client.close();
    await expect
      .poll(() => JSON.stringify(server.log.slice(-5)), { timeout: 5_000 })
      .toContain('cancelled');
    const made = await kubectl('get', 'configmaps', '-n', NAMESPACE, '-o', 'name');
    expect(made.match(/\/cancel-/g)?.length ?? 0).toBeLessThan(300);
  });
});

describe('hostile text', () => {
  it.each([
    'n --all',
    '-A',
    '../x',
    'x'.repeat(300),
    'naïve',
    '🙂',
    '\u0000',
    '!!js/function "x"',
    '&a [*a]',
  ])('is refused: %j', async (content) => {
    const { status, body } = await apply(content);
    expect([status, body.code]).toEqual([422, 'invalid_input']);
  });

  it.each(['n --all', '-A', '../x', 'x'.repeat(300), 'naïve'])(
    'is refused as a namespace: %j',
    async (namespace) => {
      const { status, body } = await apply(configMap('x'), { namespace });
      expect([status, body.errors?.[0]?.field]).toEqual([422, 'namespace']);
    },
  );
});
