import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ExecutionsApi } from './support/executions.js';
import { applyByKubectl, configMap, documents, secret } from './support/manifest.js';
import { mcpTextOf } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { executionsFile } from './support/use-executions.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const PASSWORD = 'S3cr3t-0f-the-test!';
const LINES =
  '-----BEGIN TEST KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nq83vEjRWeJCrze8=\n-----END TEST KEY-----\n';
/** Shorter than what is looked for, but for its base64. */
const SHORT = 'lettersX';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** What no answer, file or log may have: the values, whole and in parts. */
const TELLING = [
  PASSWORD,
  base64(PASSWORD).slice(0, 20),
  'MIIEvQIBADANBgkqhkiG9w0',
  'q83vEjRWeJCrze8=',
  base64(LINES).slice(40, 80),
  SHORT,
  base64(SHORT),
];

function expectSilent(told: unknown): void {
  const text = typeof told === 'string' ? told : JSON.stringify(told);
  for (const part of TELLING) expect(text).not.toContain(part);
}

const own = useNamespace('secret-values-test');
const file = executionsFile();
const server = useServer({
  defaults: { namespace: own.name },
  env: () => ({ EXECUTIONS_FILE: file }),
});
const executions = new ExecutionsApi(server);

beforeAll(async () => {
  const held = { password: PASSWORD, key: LINES, short: SHORT };
  await applyByKubectl(
    own.name,
    secret('held', held),
    secret('told', held),
    configMap('copy', {
      plain: PASSWORD,
      lines: LINES,
      url: `https://me:${encodeURIComponent(PASSWORD)}@host/`,
    }),
    configMap('encoded', {
      once: base64(PASSWORD),
      twice: base64(base64(LINES)),
      config: `a: ${SHORT}`,
    }),
  );
  await own.kubectl(
    'annotate',
    'secret/told',
    `acme.io/copy=${PASSWORD}`,
    `acme.io/lines=${LINES}`,
  );
});

const onHeld = { resource_type: 'secret', name: 'held' };
const jsonPatch = (operations: object[], more: object = {}) => ({
  ...onHeld,
  patch_type: 'json',
  patch: JSON.stringify(operations),
  ...more,
});

describe('k8s_patch of a Secret', () => {
  it.each([
    { op: 'copy', from: '/data/password', path: '/metadata/annotations/x' },
    { op: 'copy', from: '/data/password', path: '/type' },
    { op: 'copy', from: '/data', path: '/metadata/labels' },
    { op: 'move', from: '/data/password', path: '/metadata/labels/x' },
    { op: 'test', path: '/data/password', value: base64(PASSWORD) },
    { op: 'test', path: '/data/password', value: base64('a guess') },
    { op: 'Copy', from: '/data/password', path: '/type' },
    { from: '/data/password', path: '/type' },
  ])('refuses %j, also in a dry run and among others', async (operation) => {
    for (const dry_run of [true, false]) {
      const others = [{ op: 'add', path: '/metadata/annotations', value: {} }, operation];
      const answer = await server.call('k8s_patch', jsonPatch(others, { dry_run }));
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
      expect(answer.body.detail).toMatch(/not allowed on a Secret.*Nothing was changed/);
      expectSilent(answer.body);
    }
  });

  it.each(['secret', 'secrets', 'Secret', 'SECRETS', 'secrets.v1', 'secret.v1.', 'secrets.'])(
    'refuses it by whatever name the kind goes: %s',
    async (resource_type) => {
      const copy = { op: 'copy', from: '/data/password', path: '/metadata/annotations/x' };
      const { status, body } = await server.call(
        'k8s_patch',
        jsonPatch([copy], { resource_type, dry_run: true }),
      );
      expect([404, 422]).toContain(status);
      expectSilent(body);
    },
  );

  it('still adds, replaces and removes, and shows no value', async () => {
    const text = await server.textOf(
      'k8s_patch',
      jsonPatch(
        [
          { op: 'add', path: '/data/added', value: base64(`${PASSWORD} and more`) },
          { op: 'replace', path: '/data/short', value: base64('another-value') },
          { op: 'remove', path: '/data/key' },
          {
            op: 'add',
            path: '/metadata/annotations/acme.io~1note',
            value: `it is ${PASSWORD}, or ${base64(`${PASSWORD}\n`)}`,
          },
        ],
        { dry_run: true },
      ),
    );
    expect(text).toContain('+  added: <redacted, 28 bytes>');
    expect(text).toContain(
      '+    acme.io/note: it is <redacted, 19 bytes>, or <redacted, 19 bytes>',
    );
    expectSilent(text);
    expect(text).not.toContain('another-value');
  });

  it('shows no value in the text of a refusal', async () => {
    const patches = [
      { metadata: { labels: { x: PASSWORD } } },
      { type: PASSWORD },
      { type: base64(PASSWORD) },
      { metadata: { finalizers: [`${PASSWORD} ${LINES}`] } },
      { data: { [`${PASSWORD} `]: 'YQ==' } },
    ];
    for (const patch of patches) {
      for (const patch_type of ['merge', 'strategic']) {
        const args = { ...onHeld, patch: JSON.stringify(patch), patch_type };
        const answer = await server.call('k8s_patch', args);
        expect([JSON.stringify(patch).length, answer.status]).toEqual([
          JSON.stringify(patch).length,
          422,
        ]);
        expectSilent(answer.body);
        expectSilent(await server.mcp.call('k8s_patch', { ...args, namespace: own.name }));
      }
    }
  });
});

describe('a call that reads Secrets', () => {
  it.each(['yaml', 'json'])('shows their values nowhere in %s', async (output) => {
    const args = { resource_type: 'secrets,configmaps', output, namespace: own.name };
    const text = await server.textOf('k8s_get', args);
    expect(text).toContain('<redacted, 19 bytes>');
    expect(text).toMatch(/me:<redacted, 19 bytes>@host/);
    expect(text).toContain('secret-values-test');
    expectSilent(text);
    expectSilent(await server.textOverMcp('k8s_get', args, { meta: { 'skyflo/data': true } }));
    expectSilent((await execute(server.url, 'k8s_get', args, { query: '?data=true' })).body);
  });

  it('leaves what others hold alone when it reads no Secret', async () => {
    const text = await server.textOf('k8s_get', { resource_type: 'configmaps', output: 'yaml' });
    expect(text).toContain(`plain: ${PASSWORD}`);
  });

  it('describes one without what its annotations tell', async () => {
    const text = await server.textOf('k8s_describe', { ...onHeld, name: 'told' });
    expect(text).toContain('acme.io/copy: <redacted, 19 bytes>');
    expectSilent(text);
  });

  it('streams, and is looked up later, without them', async () => {
    const args = { resource_type: 'secrets,configmaps', output: 'yaml', namespace: own.name };
    const stream = await executions.stream('k8s_get', args);
    const { data } = await stream.result();
    expect(data['result']).toContain('<redacted, 19 bytes>');
    expectSilent(stream.events);
    const id = await executions.start('k8s_get', args);
    expectSilent(await executions.finished(id));
    expectSilent((await executions.output(id)).text);
    const follow = await executions.follow(id);
    await follow.result();
    expectSilent(follow.events);
  });
});

describe('k8s_apply of a Secret', () => {
  const manifest = documents(
    secret('held', { password: PASSWORD, key: LINES, short: SHORT }),
    configMap('copy', {
      plain: `now: ${PASSWORD}`,
      lines: LINES,
      json: JSON.stringify({ key: LINES }),
    }),
  );

  it('shows no value of it in the diffs of others, or in the progress', async () => {
    const args = { content: manifest, namespace: own.name, force_conflicts: true };
    for (const dry_run of [true, false]) {
      const progress: unknown[] = [];
      const answer = await server.mcp.call(
        'k8s_apply',
        { ...args, dry_run },
        {
          meta: { 'skyflo/data': true },
          onprogress: (report) => progress.push(report),
        },
      );
      expect(mcpTextOf(answer)).toContain('now: <redacted, 19 bytes>');
      expectSilent([answer, progress]);
    }
  });

  it('shows no value of one that is refused, nor of what is applied with it', async () => {
    const wrong = {
      ...secret('held', { password: PASSWORD }),
      type: `acme.io/${base64(PASSWORD)}`,
    };
    const labelled = configMap('bad', { a: 'b' }, { labels: { x: PASSWORD } });
    const answer = await server.call('k8s_apply', { content: documents(wrong, labelled) });
    expect(answer.status).toBe(422);
    expectSilent(answer.body);
    const async = await executions.start('k8s_apply', {
      content: documents(wrong, labelled),
      namespace: own.name,
    });
    expectSilent(await executions.finished(async));
  });
});

it('deletes one without a word of it', async () => {
  for (const dry_run of [true, false]) {
    const args = { resource_type: 'secret', name: 'told', dry_run, wait_seconds: 5 };
    expectSilent((await server.call('k8s_delete', args)).body);
  }
});

it('keeps no value in the store on disk, or in the log', async () => {
  const { body } = await executions.list({ limit: '100' });
  expect(body.executions.every(({ status }) => ['succeeded', 'failed'].includes(status))).toBe(
    true,
  );
  const files = [file, `${file}-wal`];
  const texts = await Promise.all(files.map((path) => readFile(path, 'latin1').catch(() => '')));
  const stored = texts.join('');
  expect(stored.includes('<redacted, 19 bytes>')).toBe(true);
  expect(TELLING.filter((part) => stored.includes(part))).toEqual([]);
  expectSilent(server.log);
});
