import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HIDDEN, writeGreeterChart } from './support/greeter-chart.js';
import { helm, ownHelmHome } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { createObjects, namespace as namespaceOf } from './support/manifest.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';

const namespace = 'helm-reads';

/** Values whose text in YAML and JSON is not obvious. */
const ODD_VALUES = `
greeting: 'a <b> & "c" é 名前'
numbers: {big: 12345678901, real: 0.1, tiny: 1.0e-7, million: 1000000.5, octal: "0644"}
flags: {on: true, text: "yes", none: null, empty: "", list: [], map: {}}
lines: |
  one
    two
long: ${'a long line of words '.repeat(8)}
"1": first
"10": second
"9": third
time: "2026-11-23T04:45:00Z"
`;

let server: RunningServer;
beforeAll(async () => {
  const folder = testSandbox().folder;
  const chart = writeGreeterChart(join(folder, 'reads'), '1.2.3+build.1');
  const values = join(folder, 'odd-values.yaml');
  writeFileSync(values, ODD_VALUES);
  await createObjects(namespaceOf(namespace));
  const at = ['--namespace', namespace];
  await helm('install', 'plain', chart, ...at);
  await helm('install', 'odd', chart, ...at, '--values', values);
  for (const replicas of [2, 3]) {
    await helm('upgrade', 'odd', chart, ...at, '--reuse-values', '--set', `replicas=${replicas}`);
  }
  await helm('install', 'gone', chart, ...at);
  await helm('uninstall', 'gone', ...at, '--keep-history');
  const waiting = ['--set', 'ready=false', '--wait', '--timeout', '1s'];
  await helm('install', 'bad', chart, ...at, ...waiting).catch(() => '');
  await helm('install', 'configured', chart, ...at, '--description', 'two\nlines');
  server = await startServer(ownHelmHome('reads'));
});
afterAll(async () => {
  await server.stop();
  await kubectl('delete', 'namespace', namespace, '--wait=false');
});

type Args = Record<string, unknown>;
const textOf = async (tool: string, args: Args, url = server.url): Promise<string> => {
  const { status, body } = await execute(url, tool, args);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.result ?? '';
};
const failureOf = async (tool: string, args: Args) => {
  const { body } = await execute(server.url, tool, args);
  return { code: body.code, detail: body.detail };
};
/** helm's own text, with the values of Secrets as the tools show them. */
const withoutSecrets = (text: string) =>
  text.replaceAll(HIDDEN, `<redacted, ${HIDDEN.length} bytes>`);

describe('what the tools read natively is what helm prints:', () => {
  const FORMATS = ['table', 'json', 'yaml'];
  const WITHOUT_VALUES = ['plain', 'gone', 'configured'];
  const RELEASES = ['odd', 'bad', ...WITHOUT_VALUES];

  it.each(FORMATS)('helm list, as %s', async (output) => {
    const args = ['list', '--output', output];
    expect(await textOf('helm_list_releases', { namespace, output })).toBe(
      await helm(...args, '--namespace', namespace),
    );
    expect(await textOf('helm_list_releases', { namespace, all: true, output })).toBe(
      await helm(...args, '--namespace', namespace, '--all'),
    );
    // Releases of other files may go between the two readings.
    await vi.waitFor(
      async () =>
        expect(await textOf('helm_list_releases', { all_namespaces: true, output })).toBe(
          await helm(...args, '--all-namespaces'),
        ),
      30_000,
    );
  });

  it('helm list, of an empty namespace', async () => {
    const empty = 'helm-reads-empty';
    expect(await textOf('helm_list_releases', { namespace: empty })).toBe(
      await helm('list', '--namespace', empty),
    );
  });

  it.each(FORMATS)('helm status, as %s', async (output) => {
    for (const release_name of RELEASES) {
      const text = await textOf('helm_status', { release_name, namespace, output });
      const printed = await helm('status', release_name, '-n', namespace, '-o', output);
      // In JSON text within JSON the < of a redacted value is escaped, as helm escapes it.
      const shown = output === 'json' ? text.replace(/\\u003credacted/g, '<redacted') : text;
      expect(shown.replace(/bytes\\u003e/g, 'bytes>')).toBe(withoutSecrets(printed));
    }
  });

  it.each(FORMATS)('helm history, as %s', async (output) => {
    for (const release_name of RELEASES) {
      expect(await textOf('helm_history', { release_name, namespace, output })).toBe(
        await helm('history', release_name, '-n', namespace, '-o', output),
      );
    }
    const odd = { release_name: 'odd', namespace, output };
    const printed = await helm('history', 'odd', '-n', namespace, '-o', output, '--max', '2');
    expect(await textOf('helm_history', { ...odd, max_revisions: 2 })).toBe(printed);
    expect(await textOf('helm_history', { ...odd, max_revisions: 0 })).toBe(
      await helm('history', 'odd', '-n', namespace, '-o', output),
    );
  });

  it.each(FORMATS)('helm get values, as %s', async (output) => {
    for (const release_name of RELEASES) {
      const of = { release_name, namespace, output };
      const args = ['get', 'values', release_name, '-n', namespace, '-o', output];
      const isNone = output !== 'json' && WITHOUT_VALUES.includes(release_name);
      const none = `No values set for release "${release_name}" in namespace "${namespace}": it has those of its chart (all_values).`;
      const printed = await helm(...args);
      if (isNone) expect(printed).toMatch(/(^|\n)(null|{})$/);
      const said = isNone ? `${output === 'yaml' ? '# ' : ''}${none}` : printed;
      expect(await textOf('helm_get_values', of)).toBe(said);
      expect(await textOf('helm_get_values', { ...of, all_values: true })).toBe(
        await helm(...args, '--all'),
      );
    }
    const first = ['-n', namespace, '-o', output, '--revision', '1'];
    expect(
      await textOf('helm_get_values', { release_name: 'odd', namespace, output, revision: 1 }),
    ).toBe(await helm('get', 'values', 'odd', ...first));
  });

  it('helm get manifest', async () => {
    for (const release_name of RELEASES) {
      const text = await textOf('helm_get_manifest', { release_name, namespace });
      expect(text).toBe(
        withoutSecrets(await helm('get', 'manifest', release_name, '-n', namespace)),
      );
    }
  });
});

describe('releases that change', () => {
  it('are shown as they are after each change', async () => {
    const status = () => textOf('helm_status', { release_name: 'plain', namespace });
    expect(await status()).toMatch(/REVISION: 1\n/);
    await helm('rollback', 'plain', '1', '-n', namespace);
    expect(await status()).toMatch(/REVISION: 2\n/);
    expect(await textOf('helm_list_releases', { namespace })).toMatch(/\nplain +\S* *\t\S+ *\t2 /);
    await kubectl('delete', 'secret', 'sh.helm.release.v1.plain.v2', '-n', namespace);
    expect(await status()).toMatch(/REVISION: 1\n/);
  });

  it('that are not there are named with the nearest that are', async () => {
    expect(await failureOf('helm_status', { release_name: 'plan', namespace })).toEqual({
      code: 'not_found',
      detail: expect.stringContaining('Nearest: plain.'),
    });
    expect(
      await failureOf('helm_get_manifest', { release_name: 'odd', namespace, revision: 9 }),
    ).toEqual({ code: 'not_found', detail: expect.stringContaining('There are 1, 2, 3;') });
  });
});

/** A stored revision whose content is some bytes. */
const storedRelease = (name: string, release: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'helm.sh/release.v1',
  metadata: {
    name: `sh.helm.release.v1.${name}.v1`,
    namespace: 'helm-broken',
    labels: { owner: 'helm', name, version: '1', status: 'deployed' },
  },
  stringData: { release },
});

describe('releases that cannot be decoded', () => {
  beforeAll(async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, ' ')).toString('base64');
    await createObjects(namespaceOf('helm-broken'));
    await createObjects(storedRelease('noise', randomUUID()), storedRelease('bomb', bomb));
  });
  afterAll(() => kubectl('delete', 'namespace', 'helm-broken', '--wait=false'));

  it.each(['noise', 'bomb'])('are left to helm (%s)', async (release_name) => {
    const of = { release_name, namespace: 'helm-broken' };
    const printed = await helm('list', '-n', 'helm-broken');
    expect(await textOf('helm_list_releases', { namespace: 'helm-broken' })).toBe(printed);
    for (const tool of ['helm_status', 'helm_history', 'helm_get_values', 'helm_get_manifest']) {
      const { code, detail } = await failureOf(tool, of);
      // What helm says of it: it finds no revision that it can read.
      if (tool !== 'helm_history') expect([tool, code, detail]).toEqual([tool, 'failed', detail]);
    }
  });
});

describe('with releases kept in ConfigMaps', () => {
  it('the same is read', async () => {
    const chart = writeGreeterChart(join(testSandbox().folder, 'configmaps'), '1.0.0');
    process.env['HELM_DRIVER'] = 'configmap';
    const other = await startServer({ ...ownHelmHome('configmaps'), HELM_DRIVER: 'configmap' });
    try {
      await helm('install', 'mapped', chart, '-n', namespace);
      const of = { release_name: 'mapped', namespace };
      expect(await textOf('helm_list_releases', { namespace }, other.url)).toBe(
        await helm('list', '-n', namespace),
      );
      expect(await textOf('helm_history', of, other.url)).toBe(
        await helm('history', 'mapped', '-n', namespace),
      );
      expect(await textOf('helm_get_manifest', of, other.url)).toBe(
        withoutSecrets(await helm('get', 'manifest', 'mapped', '-n', namespace)),
      );
    } finally {
      delete process.env['HELM_DRIVER'];
      await other.stop();
    }
  });
});

describe('without helm on the PATH', () => {
  it('releases are read all the same, and the rest says what is missing', async () => {
    const { PATH: _, ...env } = testSandbox().env;
    const path = process.env['PATH'] ?? '';
    const other = await startServer({ ...env, PATH: path, ...ownHelmHome('none') });
    try {
      expect(await textOf('helm_list_releases', { namespace }, other.url)).toContain('odd');
      const { body } = await execute(other.url, 'helm_template', {
        release_name: 'x',
        chart: './cache',
      });
      expect(body).toMatchObject({
        code: 'unavailable',
        detail: expect.stringContaining('helm is not on the PATH'),
      });
    } finally {
      await other.stop();
    }
  });
});
