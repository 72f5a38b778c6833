import { beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { textOf } from './support/rest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const TOOL = 'k8s_patch';
const PASSWORD = 'hunter2-hunter2';

const own = useNamespace('patch-test');
const defaults = { name: 'web', resource_type: 'deployment', namespace: own.name };
const server = useServer({ defaults });
beforeAll(async () => {
  await own.kubectl('create', 'deployment', 'web', '--image=nginx:1.27');
  await own.kubectl('create', 'secret', 'generic', 'key', `--from-literal=pw=${PASSWORD}`);
});

const patch = (text: unknown, more: Record<string, unknown> = {}) =>
  server.call(TOOL, {
    patch: typeof text === 'string' ? text : JSON.stringify(text),
    ...more,
  });
const read = (path: string) => own.stored('deployment/web', `{${path}}`);
/** What is asked of the workload; its controllers write beside that all the time. */
const asked = () => own.stored('deployment/web', '{.metadata.generation} {.metadata.labels}');

describe('k8s_patch', () => {
  it('merges lists by their key, from YAML, and shows what changed', async () => {
    const yaml =
      'spec:\n  template:\n    spec:\n      containers:\n      - name: nginx\n        image: nginx:1.28\n';
    const text = textOf(await patch(yaml, { patch_type: null }));
    expect(text).toMatch(/^deployment\.apps\/web patched\n\n@@ /);
    expect(text).toContain('-      - image: nginx:1.27\n+      - image: nginx:1.28');
    expect(await read('.spec.template.spec.containers[*].image')).toBe('nginx:1.28');
    expect(await read('.metadata.managedFields[?(@.manager=="skyflo-mcp")].operation')).toBe(
      'Update',
    );
  });

  it('takes a merge patch and a JSON patch', async () => {
    await patch({ metadata: { labels: { tier: 'front' } } }, { patch_type: ' Merge ' });
    expect(await read('.metadata.labels.tier')).toBe('front');
    const operations = [
      { op: 'test', path: '/metadata/labels/tier', value: 'front' },
      { op: 'remove', path: '/metadata/labels/tier' },
    ];
    textOf(await patch(operations, { patch_type: 'json' }));
    expect(await read('.metadata.labels.tier')).toBe('');
  });

  it('says when nothing changes', async () => {
    expect(textOf(await patch('{}'))).toBe('deployment.apps/web unchanged');
  });

  it('changes nothing in a dry run', async () => {
    const before = await asked();
    const text = textOf(await patch({ spec: { replicas: 4 } }, { dry_run: 'yes' }));
    expect(text).toMatch(/^deployment\.apps\/web patched \(dry run: nothing was changed\)\n/);
    expect(text).toContain('-  replicas: 1\n+  replicas: 4');
    expect(await read('.spec.replicas')).toBe('1');
    expect(await asked()).toBe(before);
  });

  it('works over MCP', async () => {
    await server.textOverMcp(TOOL, { patch: '{"metadata":{"annotations":{"by":"mcp"}}}' });
    expect(await read('.metadata.annotations.by')).toBe('mcp');
    const failed = await server.mcp.call(TOOL, { ...defaults, patch: 'spec: {replicaz: 1}' });
    expect([failed.isError, failed._meta?.['skyflo/code']]).toEqual([true, 'invalid_input']);
  });

  it('patches what is outside namespaces and custom resources', async () => {
    const labels = { metadata: { labels: { patched: 'yes' } } };
    await patch(labels, { resource_type: 'namespace', name: own.name });
    expect(await kubectl('get', 'ns', '-l', 'patched=yes', '-o', 'name')).toBe(
      `namespace/${own.name}\n`,
    );
    const order =
      (await kubectl('get', 'orders', '-n', 'shop', '-o', 'name')).split(/[/\n]/)[1] ?? '';
    const custom = { resource_type: 'order', name: order, namespace: 'shop', dry_run: true };
    const strategic = await patch({ spec: { items: 5 } }, custom);
    expect([strategic.status, strategic.body.detail]).toEqual([
      422,
      expect.stringContaining('Use patch_type "merge"'),
    ]);
    const merged = await patch({ spec: { items: 5 } }, { ...custom, patch_type: 'merge' });
    expect(merged.body.result).toContain('+  items: 5');
  });
});

const WHOLE =
  /^deployment\.apps\/web: spec\.replicas must be a whole number, not text\. Nothing was changed\.$/;

describe('a patch that is refused', () => {
  it.each([
    [
      'broken text',
      'spec:\n  replicas: [1',
      {},
      422,
      /"patch" is not valid YAML or JSON at line 2/,
    ],
    ['no patch', '', {}, 422, /must be one object/],
    ['a list for an object', '[]', {}, 422, /patch_type "json"/],
    ['an object for a list', '{}', { patch_type: 'json' }, 422, /one list of operations/],
    ['two documents', '{}\n---\n{}', {}, 422, /one object/],
    [
      'an unknown field',
      'spec: {replicaz: 4}',
      {},
      422,
      /^deployment\.apps\/web: .*unknown field "spec\.replicaz"\. Nothing/,
    ],
    [
      'an unknown field, merged',
      'spec: {replicaz: 4}',
      { patch_type: 'merge' },
      422,
      /unknown field "spec\.replicaz"/,
    ],
    ['text for a number', 'spec: {replicas: two}', {}, 422, WHOLE],
    ['text for a number, merged', 'spec: {replicas: two}', { patch_type: 'merge' }, 422, WHOLE],
    [
      'text for a number, by an operation',
      '[{"op":"replace","path":"/spec/replicas","value":"two"}]',
      { patch_type: 'json' },
      422,
      /: \/spec\/replicas must be a whole number, not text\. Nothing/,
    ],
    ['a broken number', 'spec: {replicas: 1.5}', {}, 422, /a whole number, not a number/],
    [
      'text for a list',
      'spec: {template: {spec: {containers: [{name: web, command: sh}]}}}',
      {},
      422,
      /: spec\.template\.spec\.containers\[0\]\.command must be a list, not text\. Nothing/,
    ],
    [
      'a map for a list',
      'spec: {template: {spec: {containers: {name: web}}}}',
      {},
      422,
      /: spec\.template\.spec\.containers must be a list, not a map\. Nothing/,
    ],
    [
      'a number for text',
      'spec: {template: {metadata: {annotations: {a: 1}}}}',
      {},
      422,
      /: spec\.template\.metadata\.annotations\.a must be text, not a whole number\. Nothing/,
    ],
    ['a wrong value', 'spec: {replicas: -1}', {}, 422, /must be greater than or equal to 0/],
    [
      'a test that fails',
      '[{"op":"test","path":"/spec/replicas","value":9},{"op":"remove","path":"/spec/paused"}]',
      { patch_type: 'json' },
      412,
      /the test of \/spec\/replicas failed/,
    ],
    [
      'a path that is not there',
      '[{"op":"remove","path":"/spec/nope"}]',
      { patch_type: 'json' },
      422,
      /need a path that is there/,
    ],
    [
      'a test without a path of text',
      '[{"op":"test","path":{"toString":1}}]',
      { patch_type: 'json' },
      422,
      /Nothing was changed/,
    ],
    ['an unknown kind', '{}', { resource_type: 'deploymnet' }, 404, /deployments \(deploy\)/],
    ['an unknown name', '{}', { name: 'nope' }, 404, /"nope" not found/],
    ['an unknown type', '{}', { patch_type: 'apply' }, 422, /patch_type/],
    ['a blank type', '{}', { patch_type: ' ' }, 422, /patch_type/],
    ['an old version', 'metadata: {resourceVersion: "1"}', {}, 409, /has been modified/],
  ])('changes nothing: %s', async (_, text, more, status, said) => {
    const before = await asked();
    const answer = await patch(text, more);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(said)]);
    expect(await asked()).toBe(before);
  });

  it.each([
    ['strategic', { data: { pw: `${PASSWORD}!` } }],
    ['strategic', { data: { pw: 123456789 } }],
    ['strategic', { datas: { pw: PASSWORD } }],
    ['merge', { data: { pw: 123456789 } }],
    ['merge', { unknown: { pw: PASSWORD } }],
    ['json', [{ op: 'replace', path: '/data/pw', value: `${PASSWORD}!` }]],
    ['json', [{ op: 'test', path: '/data/pw', value: PASSWORD }]],
    ['merge', { stringData: { pw: `new-${PASSWORD}` } }],
  ])('shows no value of a Secret (%s %j)', async (patch_type, text) => {
    const { body } = await patch(text, { resource_type: 'secret', name: 'key', patch_type });
    const answer = JSON.stringify(body);
    for (const value of [
      PASSWORD,
      Buffer.from(PASSWORD).toString('base64').slice(0, -2),
      '123456789',
    ]) {
      expect(answer).not.toContain(value);
    }
  });

  it.each(['n --all', '-A', '../x', 'x'.repeat(300), 'naïve', ''])(
    'refuses the text %j',
    async (text) => {
      for (const field of ['name', 'resource_type', 'namespace']) {
        if (field === 'namespace' && text === '') continue;
        const { status, body } = await patch('{}', { [field]: text });
        expect([field, status, body.errors?.[0]?.field]).toEqual([field, 422, field]);
      }
    },
  );
});
