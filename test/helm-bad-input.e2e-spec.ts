import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChartRepository } from './support/chart-repository.js';
import { helm, ownHelmHome } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';

const namespace = 'helm-bad-input';
const RELEASE = { release_name: 'taken', namespace };
const CHART = { chart: 'local/greeter' };

/** What could become a flag of helm, another program, or a file of the server. */
const EVIL = [
  '-h',
  '--post-renderer=/bin/sh',
  '--kubeconfig=/etc/passwd',
  '--set-file=a=/etc/passwd',
  'x --post-renderer=/bin/sh',
  'file:///etc/passwd',
  'file://../../etc',
  '/etc',
  '/etc/../etc/passwd',
  '../charts',
  './../..',
  './escape',
  '~/charts',
  '$(id)',
  'a\nb',
  'a\u0000b',
  'http://user:secret@127.0.0.1:1/chart.tgz',
  'git+https://example.com/chart',
];

interface Tool {
  name: string;
  category: string;
  input_schema: { properties: Record<string, { type: string; enum?: string[] }> };
}

let repository: ChartRepository;
let server: RunningServer;
let chartsDir: string;
beforeAll(async () => {
  repository = await ChartRepository.start('bad-input', ['1.0.0', '1.1.0']);
  chartsDir = join(testSandbox().folder, 'allowed-charts');
  mkdirSync(join(chartsDir, 'broken', 'templates'), { recursive: true });
  const broken = (name: string, text: string) =>
    writeFileSync(join(chartsDir, 'broken', name), text);
  broken('Chart.yaml', 'apiVersion: v2\nname: broken\nversion: 1.0.0\n');
  broken('templates/a.yaml', '{{ required "give .Values.size" .Values.size }}\n');
  symlinkSync('/etc', join(chartsDir, 'escape'));
  server = await startServer({ ...ownHelmHome('bad-input'), HELM_CHARTS_DIR: chartsDir });
  await call('helm_repo_add', { name: 'local', url: repository.url });
  await kubectl('create', 'namespace', namespace);
  await helm('install', 'taken', repository.chart, '-n', namespace);
});
afterAll(async () => {
  await server.stop();
  repository.stop();
  await kubectl('delete', 'namespace', namespace, '--wait=false');
});

const call = async (tool: string, args: Record<string, unknown>) => {
  const { status, body } = await execute(server.url, tool, args);
  return { status, code: body.code, detail: body.detail ?? body.result ?? '' };
};
const secrets = async () => (await kubectl('get', 'secrets', '-A', '-o', 'name')).split('\n');

describe('text that could become a flag, a program or a file', () => {
  it('is refused in every parameter of every tool, and starts nothing', async () => {
    const { tools } = (await (await fetch(`${server.url}/engine/v1/tools`)).json()) as {
      tools: Tool[];
    };
    const before = await secrets();
    const sample: Record<string, unknown> = {
      ...RELEASE,
      ...CHART,
      name: 'other',
      url: repository.url,
      values: '',
      keyword: '',
      revision: 1,
    };
    for (const { name, category, input_schema } of tools.filter((one) => one.category === 'helm')) {
      const { properties } = input_schema;
      const own = Object.entries(sample).filter(([field]) => field in properties);
      const args = {
        ...Object.fromEntries(own),
        ...('dry_run' in properties && { dry_run: true }),
      };
      for (const [field, schema] of Object.entries(properties)) {
        if (schema.type !== 'string') continue;
        for (const value of EVIL) {
          const { body } = await execute(
            server.url,
            name,
            { ...args, [field]: value },
            { category },
          );
          // The address of a repository may hold a user and a password.
          const code = field === 'url' && value.startsWith('http:') ? 'upstream' : 'invalid_input';
          expect([name, field, value, body.code]).toEqual([name, field, value, code]);
          expect(JSON.stringify(body)).not.toContain('secret@');
        }
      }
    }
    // Those of other files may go meanwhile.
    expect((await secrets()).filter((name) => !before.includes(name))).toEqual([]);
  });

  it('is no chart by path where no folder is allowed', async () => {
    const other = await startServer({ ...ownHelmHome('no-charts'), HELM_CHARTS_DIR: '' });
    try {
      const args = { release_name: 'x', chart: './greeter' };
      const { body } = await execute(other.url, 'helm_template', args);
      expect(body).toMatchObject({
        code: 'invalid_input',
        detail: expect.stringContaining('HELM_CHARTS_DIR is not set'),
      });
    } finally {
      await other.stop();
    }
  });
});

describe('mistakes', () => {
  const template = { release_name: 'x', ...CHART };

  it.each([
    ['an unknown repository', { chart: 'lokal/greeter' }, 'not_found', 'Did you mean "local"?'],
    ['an unknown chart', { chart: 'local/greetr' }, 'not_found', 'Nearest: local/greeter.'],
    ['an unknown version', { version: '9.9.9' }, 'not_found', 'The newest are 1.1.0, 1.0.0.'],
    ['an unknown folder', { chart: './brokn' }, 'not_found', 'Did you mean "broken"?'],
    ['no chart at an address', { chart: 'NOWHERE/x.tgz' }, 'not_found', '404'],
    ['a chart by its name alone', { chart: 'greeter' }, 'invalid_input', 'repository/chart'],
    ['broken values', { values: 'a: 1\nb: [1\nc: 2' }, 'invalid_input', 'line 3, column 2'],
    ['values that are a list', { values: '- 1' }, 'invalid_input', 'must be a map'],
    ['two documents', { values: 'a: 1\n---\nb: 1' }, 'invalid_input', 'one YAML document'],
    [
      'values that the schema refuses',
      { values: 'replicas: many' },
      'invalid_input',
      "values don't meet the specifications of the schema",
    ],
    ['a value that the chart misses', { chart: './broken' }, 'failed', 'give .Values.size'],
  ])('are explained: %s', async (_, args, code, text) => {
    const chart = 'chart' in args ? args.chart?.replace('NOWHERE', repository.url) : undefined;
    const answer = await call('helm_template', { ...template, ...args, ...(chart && { chart }) });
    expect([answer.code, answer.detail]).toEqual([code, expect.stringContaining(text)]);
    expect(answer.detail).not.toContain(testSandbox().folder);
  });

  it.each([
    ['helm_install', { ...RELEASE, ...CHART }, 'conflict', 'helm_upgrade changes it'],
    ['helm_install_with_values', { ...RELEASE, ...CHART, values: '' }, 'conflict', 'already'],
    ['helm_upgrade', { ...CHART, install: false, release_name: 'take' }, 'not_found', 'taken'],
    ['helm_rollback', { ...RELEASE, revision: 7 }, 'not_found', 'There are 1;'],
    ['helm_rollback', { ...RELEASE, revision: 0 }, 'not_found', 'no revision before'],
    ['helm_uninstall', { release_name: 'take' }, 'not_found', 'Nearest: taken.'],
    ['helm_history', { release_name: 'nobody' }, 'not_found', 'no release "nobody"'],
    ['helm_list_releases', { all_namespaces: true }, 'invalid_input', 'all_namespaces'],
    ['helm_repo_remove', { name: 'locl' }, 'not_found', 'Did you mean "local"?'],
    ['helm_repo_add', { name: 'local', url: 'http://example.com' }, 'conflict', 'helm_repo_remove'],
    ['helm_repo_add', { name: 'x', url: 'http://127.0.0.1:1/' }, 'upstream', 'Nothing was added'],
    ['helm_repo_add', { name: 'x', url: 'http://%:a@host/' }, 'invalid_input', '"url"'],
    ['helm_upgrade', { ...RELEASE, ...CHART, timeout_seconds: 0 }, 'invalid_input', 'at least 1'],
  ])('%s says what is wrong with %j', async (tool, args, code, text) => {
    const answer = await call(tool, 'name' in args ? args : { namespace, ...args });
    expect([answer.code, answer.detail]).toEqual([code, expect.stringContaining(text)]);
  });

  it('does not take over an object of somebody else', async () => {
    await kubectl('create', 'configmap', 'mine', '-n', namespace);
    const { code, detail } = await call('helm_install', {
      ...CHART,
      release_name: 'mine',
      namespace,
    });
    expect([code, detail]).toEqual(['conflict', expect.stringMatching(/ConfigMap "mine"/)]);
    expect(await helm('list', '--all', '-n', namespace)).not.toContain('mine');
  });
});
