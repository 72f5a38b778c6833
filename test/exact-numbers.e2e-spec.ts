import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseJson } from '#base';
import { definition } from './support/custom-resource.js';
import { helm } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { applyByKubectl, createObjects, workload } from './support/manifest.js';
import { McpSession } from './support/mcp-session.js';
import { untilRollout } from './support/rollouts.js';
import { testSandbox } from './support/sandbox.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const KIND = { group: 'exact.test', kind: 'Meter', plural: 'meters' };
const DEFINITION = 'crd/meters.exact.test';

/** Just beyond what a double holds exactly, and the ends of what an API server holds. */
const ODD = 9007199254740993n;
const [MIN, MAX] = [-9223372036854775808n, 9223372036854775807n];

const int64 = { type: 'integer', format: 'int64' };
const SPEC_SCHEMA = {
  type: 'object',
  properties: {
    count: int64,
    free: { 'x-kubernetes-preserve-unknown-fields': true },
    parts: {
      type: 'array',
      items: { type: 'object', required: ['id'], properties: { id: int64, size: int64 } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['id'],
    },
    marks: { type: 'array', items: int64, 'x-kubernetes-list-type': 'set' },
  },
};

const own = useNamespace('exact-numbers');
const namespace = own.name;
const chartsFolder = () => join(testSandbox().folder, 'charts-of-numbers');
const server = useServer({
  defaults: { namespace },
  env: () => ({ HELM_CHARTS_DIR: chartsFolder() }),
});

const meter = (name: string, spec: object) => ({
  apiVersion: 'exact.test/v1',
  kind: 'Meter',
  metadata: { name, namespace },
  spec,
});

/** Everything of a pod that can be a long time. */
const template = (name: string) => ({
  metadata: { labels: { app: name } },
  spec: {
    nodeSelector: { none: 'none' },
    terminationGracePeriodSeconds: MAX,
    tolerations: [
      { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: MAX },
      { key: 'b', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: ODD },
      { key: 'c', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: MIN },
    ],
    containers: [{ name: 'app', image: 'app:1' }],
  },
});

const long = (kind: string, name: string, spec: object = {}) =>
  workload(kind, { namespace, name }, {}, { template: template(name), ...spec });

const timesOf = (target: string) =>
  own.stored(
    target,
    '{.spec.template.spec.terminationGracePeriodSeconds} {.spec.template.spec.tolerations[*].tolerationSeconds} {.spec.template.spec.containers[*].image}',
  );
const TIMES = `${MAX} ${MAX} ${ODD} ${MIN}`;

beforeAll(async () => {
  const made = definition(KIND, [
    { name: 'v1', schema: { type: 'object', properties: { spec: SPEC_SCHEMA } } },
  ]) as { spec: { versions: object[] } };
  Object.assign(made.spec.versions[0]!, {
    additionalPrinterColumns: [
      { name: 'Count', type: 'integer', jsonPath: '.spec.count' },
      { name: 'Free', type: 'number', jsonPath: '.spec.free' },
      { name: 'Mark', type: 'integer', jsonPath: '.spec.marks[0]', priority: 1 },
    ],
  });
  await createObjects(made);
  await kubectl('wait', DEFINITION, '--for=condition=Established');
  const objects = [
    meter('odd', { count: ODD, free: ODD, marks: [ODD, ODD + 2n] }),
    meter('most', { count: MAX, free: { a: [MAX, -ODD], b: 1.5 } }),
    meter('least', { count: MIN, free: MIN }),
    meter('small', { count: 9007199254740991, free: 12.5 }),
    meter('beyond', { free: 9223372036854775808n, count: 1 }),
    meter('far-beyond', { free: 18446744073709551616n }),
    meter('power', { free: 1e21 }),
  ];
  // Established is said a moment before the kind is served.
  await vi.waitFor(() => applyByKubectl(namespace, ...objects), { timeout: 30_000, interval: 100 });
});
afterAll(() => kubectl('delete', DEFINITION, '--ignore-not-found'));

describe('a number beyond 2^53 of a custom resource', () => {
  const TYPE = { resource_type: 'meters' };

  it.each([
    ['a table', [], {}],
    ['a wide table', ['-o', 'wide'], { output: 'wide' }],
    ['YAML', ['-o', 'yaml'], { output: 'yaml' }],
    ['JSON', ['-o', 'json'], { output: 'json' }],
  ])('is shown as kubectl shows it in %s, in a list and alone', async (_, flags, args) => {
    const ageless = (text: string) => text.replaceAll(/ +\d+m?\d*s/g, ' AGE').trimEnd();
    const hidden = (text: string) =>
      ageless(text)
        .replaceAll(/"?kubectl.kubernetes.io\/last-applied.*(\n +\{.*)?/g, '')
        // What the reading form of YAML leaves out.
        .replace(/\n# Left out: .*$/, '')
        .replaceAll(/^ *(annotations|generation|resourceVersion|uid): ?.*(\n *(\n|$)|\n|$)/gm, '')
        .trimEnd();
    for (const names of [[], ['odd'], ['most'], ['least'], ['beyond'], ['far-beyond']]) {
      const text = await server.textOf('k8s_get', {
        ...TYPE,
        ...args,
        ...(names[0] && { name: names[0] }),
      });
      expect(hidden(text)).toBe(hidden(await own.kubectl('get', 'meters', ...names, ...flags)));
    }
  });

  it('has all its digits, over REST and MCP, and in a description', async () => {
    const args = { ...TYPE, name: 'odd' };
    for (const output of ['wide', 'yaml', 'json']) {
      expect(await server.textOf('k8s_get', { ...args, output })).toContain(String(ODD));
      expect(await server.textOverMcp('k8s_get', { ...args, output })).toContain(String(ODD));
    }
    expect(await server.textOf('k8s_describe', args)).toMatch(/Count: +9007199254740993\n/);
  });
});

describe('k8s_apply with a number beyond 2^53', () => {
  const specOf = async (name: string) =>
    (parseJson(await own.kubectl('get', 'meter', name, '-o', 'json')) as { spec: object }).spec;
  const apply = (content: string | object, more = {}) =>
    server.textOf('k8s_apply', {
      content: typeof content === 'string' ? content : JSON.stringify(content),
      ...more,
    });

  it('creates, sees that nothing changes, and changes the last digit', async () => {
    const text = `apiVersion: exact.test/v1
kind: Meter
metadata: {name: applied}
spec: {count: 9007199254740993, free: [-9007199254740995, 0x20000000000003, 1.5]}
`;
    const created = 'meter.exact.test/applied created';
    expect(await apply(text, { dry_run: true })).toBe(`${created}\n(dry run: nothing was changed)`);
    expect(await apply(text)).toBe(created);
    const free = [-9007199254740995n, 9007199254740995n, 1.5];
    expect(await specOf('applied')).toEqual({ count: ODD, free });
    expect(await apply(text)).toMatch(/^meter\.exact\.test\/applied unchanged$/m);
    const next = meter('applied', { count: ODD - 1n, free });
    expect(await apply(next, { dry_run: true })).toContain(
      '-  count: 9007199254740993\n+  count: 9007199254740992\n',
    );
    expect(await apply(next)).toContain('configured');
    expect(await specOf('applied')).toEqual({ count: ODD - 1n, free });
  });

  it('tells items of a list apart by it, and drops the one that is left out', async () => {
    const [one, other] = [
      { id: ODD, size: 1 },
      { id: ODD - 1n, size: MAX },
    ];
    await apply(meter('parts', { parts: [one, other], marks: [ODD, ODD - 1n] }));
    const text = await apply(meter('parts', { parts: [one], marks: [ODD] }), {
      prune_fields: true,
    });
    expect(text).toContain('parts[id=9007199254740992]');
    expect(text).toContain('marks[=9007199254740992]');
    expect(await specOf('parts')).toEqual({ parts: [one], marks: [ODD] });
  });

  it('keeps it in what kubectl apply has made, which it takes over', async () => {
    await applyByKubectl(namespace, meter('adopted', { count: MAX, marks: [MIN, 1] }));
    const text = await apply(meter('adopted', { count: MAX, marks: [MIN] }), {
      prune_fields: true,
    });
    expect(text).toContain('Removed from meter.exact.test/adopted');
    expect(await specOf('adopted')).toEqual({ count: MAX, marks: [MIN] });
  });
});

describe('k8s_patch with a number beyond 2^53', () => {
  const target = { resource_type: 'meter', name: 'patched' };
  const countOf = () => own.stored('meter/patched', '{.spec.count} {.spec.free}');
  const patch = (text: string, more: object) =>
    server.textOf('k8s_patch', { ...target, patch: text, ...more });
  beforeAll(() => createObjects(meter('patched', { count: ODD, free: ODD })));

  it.each([
    ['JSON', `{"spec":{"count":${MAX}}}`, `${MAX} ${ODD}`],
    ['YAML', `spec:\n  count: ${MIN}\n  free: -${ODD}\n`, `${MIN} -${ODD}`],
  ])('merges %s', async (_, text, expected) => {
    await patch(text, { patch_type: 'merge' });
    expect(await countOf()).toBe(expected);
  });

  it('tests and replaces it', async () => {
    const operations = (was: bigint | number, now: bigint) =>
      JSON.stringify([
        { op: 'test', path: '/spec/count', value: was },
        { op: 'replace', path: '/spec/count', value: now },
      ]);
    await patch(operations(MIN, ODD), { patch_type: 'json' });
    expect(await countOf()).toBe(`${ODD} -${ODD}`);
    const wrong = { patch: operations(ODD - 1n, 1n), patch_type: 'json' };
    const { body } = await server.call('k8s_patch', { ...target, ...wrong });
    expect(body).toMatchObject({ code: 'precondition', detail: expect.stringMatching(/count/) });
    expect(await patch(operations(ODD, MAX), { patch_type: 'json', dry_run: true })).toContain(
      `-  count: ${ODD}\n+  count: ${MAX}\n`,
    );
  });

  it('merges it into a built-in kind', async () => {
    await createObjects(long('Deployment', 'strategic', { replicas: 0 }));
    const spec = { template: { spec: { terminationGracePeriodSeconds: ODD } } };
    const args = { resource_type: 'deployment', name: 'strategic' };
    const text = await server.textOf('k8s_patch', { ...args, patch: JSON.stringify({ spec }) });
    expect(text).toContain(`+      terminationGracePeriodSeconds: ${ODD}`);
    expect(await timesOf('deployment/strategic')).toBe(`${ODD} ${MAX} ${ODD} ${MIN} app:1`);
  });
});

describe('a pod template with numbers beyond 2^53', () => {
  it.each(['Deployment', 'StatefulSet', 'DaemonSet'])(
    'comes back whole when a %s is rolled back',
    async (kind) => {
      const name = `undone-${kind.toLowerCase()}`;
      const target = `${kind.toLowerCase()}/${name}`;
      const isScaled = kind !== 'DaemonSet';
      await createObjects(long(kind, name, isScaled ? { replicas: 0 } : {}));
      const untilRevisions = (count: number) =>
        vi.waitFor(async () => {
          const history = await own.kubectl('rollout', 'history', target);
          expect(history.match(/^\d+ /gm)).toHaveLength(count);
        }, 30_000);
      await untilRevisions(1);
      const resource = { resource_type: kind.toLowerCase(), resource_name: name };
      await server.textOf('k8s_set_image', { ...resource, container_images: 'app=app:2' });
      await untilRevisions(2);
      const args = { resource_type: kind.toLowerCase(), name };
      const text = await server.textOf('k8s_rollout_undo', args);
      expect(text).toMatch(/rolled back from revision 2 to revision 1/);
      expect(text).not.toMatch(/^[-+].*Seconds/m);
      expect(await timesOf(target)).toBe(`${TIMES} app:1`);
    },
  );

  it('comes back whole when a Rollout is undone, and is told of in its history', async () => {
    const name = 'undone';
    const strategy = { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } };
    await createObjects(long('Rollout', name, { replicas: 0, strategy }));
    await untilRollout(namespace, name, ({ status }) => status.currentPodHash);
    await server.textOf('argo_set_image', { name, image: 'app:2' });
    await untilRollout(namespace, name, ({ status }) => status.currentPodHash !== undefined);
    const text = await server.textOf('argo_undo', { name });
    expect(text).toContain('set back to revision 1 (containers[app].image: app:2 → app:1)');
    expect(text).not.toMatch(/^[-+].*Seconds/m);
    expect(await timesOf(`rollout/${name}`)).toBe(`${TIMES} app:1`);
    expect(await server.textOf('argo_history', { name })).not.toContain('Seconds');
  });

  it('is scaled, restarted and given images without a change of them', async () => {
    await createObjects(long('Deployment', 'kept', { replicas: 0 }));
    const named = { resource_type: 'deployment', name: 'kept' };
    await server.textOf('k8s_rollout_restart', named);
    await server.textOf('k8s_scale', { ...named, replicas: 1 });
    expect(await timesOf('deployment/kept')).toBe(`${TIMES} app:1`);
    await server.textOf('k8s_scale', { ...named, replicas: 0 });
  });
});

describe('helm with numbers beyond 2^53', () => {
  const release = { release_name: 'long' };
  beforeAll(async () => {
    const chart = join(chartsFolder(), 'numbers');
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: numbers\nversion: 1.0.0\n');
    writeFileSync(
      join(chart, 'values.yaml'),
      `image: app:1\nodd: ${ODD}\nmost: ${MAX}\nfar: 18446744073709551616\nmillion: 1000000\n`,
    );
    const object = JSON.stringify(long('Deployment', 'helmed', { replicas: 0 }));
    const rendered = object.replace('app:1', '{{ .Values.image }}');
    writeFileSync(join(chart, 'templates', 'all.yaml'), rendered);
    await helm('install', 'long', chart, '-n', namespace, '--set-json', `given=[${MAX},${ODD}]`);
    await helm('upgrade', 'long', chart, '-n', namespace, '--reuse-values', '--set', 'image=app:2');
  });

  it('shows in a dry run what changes, and only that', async () => {
    const text = await server.textOf('helm_rollback', { ...release, revision: 1, dry_run: true });
    expect(text).toMatch(/^-.*image: app:2\n\+.*image: app:1$/m);
    expect(text).not.toMatch(/^[-+].*Seconds/m);
  });

  it('sees that an upgrade changes nothing, in a dry run and for good', async () => {
    const args = { ...release, chart: './numbers', values: 'image: app:2' };
    const shown = await server.textOf('helm_upgrade', { ...args, dry_run: true });
    expect(shown).toContain('Unchanged: deployment.apps/helmed');
    await server.textOf('helm_upgrade', args);
    expect(await timesOf('deployment/helmed')).toBe(`${TIMES} app:2`);
  });

  it('takes values that helm rounds, and says to what', async () => {
    const values = `odd: ${ODD}\nmore: [1, {a: ${ODD + 2n}}]\nimage: app:3`;
    const args = { chart: './numbers', values };
    const shown = await server.textOf('helm_upgrade', { ...release, ...args, dry_run: true });
    expect(shown).toMatch(/^-.*image: app:2\n\+.*image: app:3$/m);
    expect(shown).toContain(
      'Warning: helm rounds odd to 9007199254740992, more[1].a to 9007199254740996. Put such values in quotes.',
    );
    expect(await server.textOf('helm_template', { ...release, ...args })).toContain('app:3');
  });

  it.each(['table', 'json', 'yaml'])('shows values as helm does: %s', async (output) => {
    for (const all_values of [false, true]) {
      const flags = ['-n', namespace, '-o', output, ...(all_values ? ['--all'] : [])];
      const text = await server.textOf('helm_get_values', { ...release, output, all_values });
      expect(text).toBe(await helm('get', 'values', 'long', ...flags));
    }
  });
});

describe('a rollout with numbers beyond all that a controller takes', () => {
  const name = 'absurd';
  const args = { name, namespace };
  const url = () => `${server.url}/engine/v1/tools/argo/argo_status/execute`;
  const post = (query: string, headers = {}) =>
    fetch(url() + query, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(args),
    });
  beforeAll(() => {
    const steps = [{ setWeight: ODD }, { setCanaryScale: { replicas: MAX } }];
    const trafficRouting = { maxTrafficWeight: MAX };
    const strategy = { canary: { steps, trafficRouting } };
    return createObjects(long('Rollout', name, { replicas: 0, strategy }));
  });

  it('has all their digits in the data of an answer', async () => {
    const rest = await (await post('?data=true')).text();
    expect(rest).toMatch(/"weight":\{"set":9007199254740993,/);
    const session = await McpSession.open(server.url);
    const params = { name: 'argo_status', arguments: args, _meta: { 'skyflo/data': true } };
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    expect((await session.post(message)).text).toContain('"set":9007199254740993,');
  });

  it('has them in what is remembered of an execution', async () => {
    const { headers } = await post('', { prefer: 'respond-async' });
    const path = `${server.url}${headers.get('location')}`;
    await vi.waitFor(async () => {
      expect(await (await fetch(path)).text()).toContain('"set":9007199254740993,');
    }, 30_000);
    const events = await fetch(`${path}/events`, { headers: { 'last-event-id': '0' } });
    expect(await events.text()).toContain('"set":9007199254740993,');
  });

  it.each([
    ['argo_describe', {}],
    ['argo_history', {}],
    ['argo_list_rollouts', {}],
    ['argo_promote', { dry_run: true }],
    ['argo_promote', { full: true, dry_run: true }],
    ['argo_abort_rollout', { dry_run: true }],
    ['argo_retry', { dry_run: true }],
    ['argo_restart', { dry_run: true }],
    ['argo_set_image', { image: 'app:2', dry_run: true }],
    ['k8s_get', { resource_type: 'rollout' }],
    ['k8s_describe', { resource_type: 'rollout' }],
    ['k8s_rollout_status', { resource_type: 'rollout', timeout_seconds: 1 }],
  ])('is a bug for no tool: %s %j', async (tool, more) => {
    const { status, body } = await server.call(tool, { ...args, ...more });
    expect([200, 404, 412, 422]).toContain(status);
    expect(body.code).not.toBe('internal');
  });
});

describe('an integer parameter', () => {
  it.each([
    ['helm_history', 'max_revisions', String(ODD), /at most 9007199254740991/],
    ['helm_history', 'max_revisions', `"${ODD}"`, /at most 9007199254740991/],
    ['helm_history', 'max_revisions', '1e300', /at most 9007199254740991/],
    ['k8s_scale', 'replicas', String(MAX), /at most 2147483647/],
    ['k8s_scale', 'replicas', String(MIN), /at least 0/],
  ])('is refused where %s could not hold it: %s %s', async (tool, field, number, message) => {
    const url = `${server.url}/engine/v1/tools/${tool.split('_')[0]}/${tool}/execute`;
    const known = { release_name: 'a', resource_type: 'deployment', name: 'a' };
    const text = JSON.stringify({ ...(tool.startsWith('helm') ? {} : known), x: 0 });
    const body = text.replace('"x":0', `"${field}":${number}`);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { field: string; message: string }[] };
    expect(errors).toContainEqual(
      expect.objectContaining({ field, message: expect.stringMatching(message) }),
    );
  });
});
