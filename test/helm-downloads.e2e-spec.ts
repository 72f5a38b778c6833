import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChartRepository } from './support/chart-repository.js';
import { helm4Env, ownHelmHome } from './support/helm.js';
import { OciRegistry } from './support/oci-registry.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { packageChart, writeChart } from './support/small-chart.js';

const SCHEMA = 'values.schema.json';
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe.each([3, 4])('what helm %i downloads', (major) => {
  const HOME = ownHelmHome(`downloads-${major}`);
  const home = (...path: string[]) => join(HOME['HELM_HOME_DIR'] ?? '', ...path);
  const chartsDir = join(testSandbox().folder, `downloads-local-${major}`);
  const env = {
    ...(major === 4 ? helm4Env() : {}),
    ...HOME,
    HELM_CHARTS_DIR: chartsDir,
    HELM_MAX_MEMORY_MB: '256',
  };
  let trusted: ChartRepository;
  let evil: ChartRepository;
  let registry: OciRegistry;
  let server: RunningServer;
  beforeAll(async () => {
    trusted = await ChartRepository.start(`trusted-${major}`, ['1.0.0']);
    evil = await ChartRepository.start(`evil-${major}`, []);
    registry = await OciRegistry.start(join(trusted.folder, 'greeter-1.0.0.tgz'));
    server = await startServer({ ...env, HELM_PLAIN_HTTP_REGISTRIES: registry.host });
    await call('helm_repo_add', { name: 'trusted', url: trusted.url });
  });
  afterAll(async () => {
    await server.stop();
    for (const one of [trusted, evil, registry]) one.stop();
  });

  const callAt = async (url: string, tool: string, args: Record<string, unknown> = {}) => {
    const { body } = await execute(url, tool, args);
    return { code: body.code, text: body.result ?? body.detail ?? '' };
  };
  const call = (tool: string, args: Record<string, unknown> = {}) => callAt(server.url, tool, args);
  const show = (chart: string, more: object = {}) => call('helm_show_values', { chart, ...more });
  const template = (chart: string, more: object = {}) =>
    call('helm_template', { release_name: 'x', chart, ...more });
  const runs = () => readdirSync(home()).filter((name) => name.startsWith('staging'));
  const shared = () =>
    [
      'repositories.yaml',
      'cache/repository/trusted-index.yaml',
      'cache/repository/trusted-charts.txt',
    ]
      .map((file) => readFileSync(home(file), 'utf8'))
      .join('\n');

  describe('into a folder of its own', () => {
    it.each([
      'trusted-index.yaml',
      'trusted-charts.txt',
      'repositories.yaml',
      '%2E%2E%2F%2E%2E%2Ftrusted-index.yaml',
      'greeter-1.0.0.tgz',
    ])('replaces nothing of others when it is called %s', async (name) => {
      const chart = await packageChart(evil.folder, 'greeter', { 'values.yaml': 'evil: true\n' });
      copyFileSync(chart, join(evil.folder, name));
      const before = shared();
      const { code, text } = await show(`${evil.url}/evil/${name}`);
      expect([code, text]).toEqual([undefined, expect.stringContaining('evil: true')]);
      expect(shared()).toBe(before);
      expect((await show('trusted/greeter')).text).toMatch(/^# Number of pods/);
      expect(runs()).toEqual([]);
    });

    it('is what each of two calls has asked for, though the files are called alike', async () => {
      await packageChart(evil.folder, 'greeter', { 'values.yaml': 'evil: true\n' });
      const charts = Array.from({ length: 8 }, (_, index) => (index % 2 ? evil : trusted));
      const answers = await Promise.all(charts.map(({ url }) => show(`${url}/greeter-1.0.0.tgz`)));
      expect(answers.map(({ text }) => text.includes('evil: true'))).toEqual(
        charts.map((one) => one === evil),
      );
    });

    it('goes with a call that is ended, and with a server that was killed', async () => {
      evil.isSlow = true;
      try {
        const chart = `${evil.url}/slow.tgz`;
        const path = '/engine/v1/tools/helm/helm_show_values/execute';
        const hang = (url: string, query = '') =>
          fetch(`${url}${path}${query}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ chart }),
          });
        expect((await hang(server.url, '?time_limit_seconds=1')).status).toBe(504);
        await vi.waitFor(() => expect(runs()).toEqual([]), 30_000);

        const other = await startServer(env);
        hang(other.url).catch(() => undefined);
        await vi.waitFor(() => expect(runs()).toHaveLength(1), 30_000);
        await other.stop('SIGKILL');
        expect(runs()).toHaveLength(1);
        await (await startServer(env)).stop();
        expect(runs()).toEqual([]);
      } finally {
        evil.isSlow = false;
      }
    });
  });

  describe('is told by its digest', () => {
    const release = { release_name: 'digest', namespace: `helm-digest-${major}` };

    it('from an address, a repository and a registry', async () => {
      const digest = `\n# Chart digest: sha256:${sha256(join(trusted.folder, 'greeter-1.0.0.tgz'))}`;
      const registryChart = `oci://${registry.host}/team/greeter`;
      for (const chart of [`${trusted.url}/greeter-1.0.0.tgz`, 'trusted/greeter', registryChart]) {
        expect((await show(chart)).text).toContain(digest);
        expect((await template(chart)).text).toContain(digest);
      }
    });

    it('in an installation, an upgrade and what they would do', async () => {
      const digest = `sha256:${sha256(join(trusted.folder, 'greeter-1.0.0.tgz'))}`;
      const args = { ...release, chart: 'trusted/greeter', wait: false };
      try {
        const preview = await call('helm_install', { ...args, dry_run: true });
        expect(preview.text).toContain(`\nChart digest: ${digest}`);
        expect((await call('helm_install', args)).text).toContain(`\nChart digest: ${digest}`);
        expect((await call('helm_upgrade', args)).text).toContain(`\nChart digest: ${digest}`);
      } finally {
        await call('helm_uninstall', release);
      }
    });
  });

  it('is kept, and not fetched again as long as the index names it', async () => {
    const fetched = () => trusted.requests.filter((url) => url.endsWith('.tgz')).length;
    await template('trusted/greeter', { version: '>0' });
    const before = fetched();
    await Promise.all(
      ['>0', '1.0.0', undefined].map((version) => template('trusted/greeter', { version })),
    );
    expect(fetched()).toBeLessThanOrEqual(before + 1);
    expect(readdirSync(home('charts'))).toContain(
      `${sha256(join(trusted.folder, 'greeter-1.0.0.tgz'))}.tgz`,
    );
    const other = await startServer({ ...env, HELM_CHART_CACHE_MB: '0' });
    try {
      const chart = `${evil.url}/greeter-1.0.0.tgz`;
      const digest = sha256(
        await packageChart(evil.folder, 'greeter', { 'values.yaml': 'b: 1\n' }),
      );
      expect((await callAt(other.url, 'helm_show_values', { chart })).text).toContain('b: 1');
      expect(readdirSync(home('charts'))).not.toContain(`${digest}.tgz`);
    } finally {
      await other.stop();
    }
  });

  describe('does not come from inside the network', () => {
    let strict: RunningServer;
    beforeAll(async () => {
      strict = await startServer({ ...env, HELM_ALLOWED_HOSTS: 'registry.internal,10.9.0.0/16' });
    });
    afterAll(() => strict.stop());

    it.each([
      ['http://169.254.169.254/latest/meta-data.tgz', '169.254.169.254'],
      ['https://10.0.0.1/a.tgz', '10.0.0.1'],
      ['http://127.0.0.1:1/a.tgz', '127.0.0.1'],
      ['http://2130706433/a.tgz', '127.0.0.1'],
      ['http://0x7f.1/a.tgz', '127.0.0.1'],
      ['http://0251.0376.0251.0376/a.tgz', '169.254.169.254'],
      ['http://127.0.0.1./a.tgz', '127.0.0.1'],
      ['http://0.0.0.0/a.tgz', '0.0.0.0'],
      ['http://localhost/a.tgz', 'localhost'],
      ['https://LOCALHOST./a.tgz', 'localhost'],
      ['oci://localhost:5000/team/a', 'localhost'],
      ['oci://127.1/team/a', '127.0.0.1'],
      ['https:10.0.0.1/a.tgz', '10.0.0.1'],
    ])('by %s', async (chart, host) => {
      for (const tool of ['helm_show_values', 'helm_template', 'helm_install', 'helm_upgrade']) {
        const release = tool === 'helm_show_values' ? {} : { release_name: 'x' };
        const { code, text } = await callAt(strict.url, tool, { chart, ...release });
        expect([tool, code, text]).toEqual([
          tool,
          'forbidden',
          expect.stringContaining(`"${host}"`),
        ]);
        expect(text).toContain('HELM_ALLOWED_HOSTS');
      }
    });

    it.each([
      ['http://[::1]:8080/charts', '::1'],
      ['http://[::ffff:169.254.169.254]/', '::ffff:a9fe:a9fe'],
      ['http://[64:ff9b::10.0.0.1]/', '64:ff9b::a00:1'],
      ['http://192.168.1.1/charts', '192.168.1.1'],
      ['http://user:password@localhost/charts', 'localhost'],
    ])('by a repository at %s', async (url, host) => {
      const { code, text } = await callAt(strict.url, 'helm_repo_add', { name: 'inner', url });
      expect([code, text]).toEqual(['forbidden', expect.stringContaining(`"${host}"`)]);
      expect(text).toContain('HELM_ALLOWED_HOSTS');
    });

    it('by a repository that was added when it was allowed', async () => {
      const { code, text } = await callAt(strict.url, 'helm_show_values', {
        chart: 'trusted/greeter',
      });
      expect([code, text]).toEqual(['forbidden', expect.stringContaining('"127.0.0.1"')]);
      const update = await callAt(strict.url, 'helm_repo_update');
      expect([update.code, update.text]).toEqual([
        'upstream',
        expect.stringContaining('HELM_ALLOWED_HOSTS'),
      ]);
    });

    it('says of a host that is not there that it is not', async () => {
      const chart = 'https://no-such-host.invalid/a.tgz';
      const { code, text } = await callAt(strict.url, 'helm_show_values', { chart });
      expect([code, text]).toEqual([
        'unavailable',
        expect.stringContaining('no-such-host.invalid'),
      ]);
    });
  });

  describe('by the index of a repository', () => {
    const entry = (version: string, url: string) => ({
      apiVersion: 'v2',
      name: 'greeter',
      version,
      urls: [url],
    });
    const index = () => ({
      apiVersion: 'v1',
      entries: {
        greeter: [
          entry('1.0.0', `${trusted.url}/greeter-1.0.0.tgz`),
          entry('0.9.0', 'http://169.254.169.254/greeter-0.9.0.tgz'),
          entry('0.8.0', '//10.0.0.1/greeter-0.8.0.tgz'),
          entry('0.7.0', 'file:///etc/hostname'),
          entry('0.6.0', 'oci://10.0.0.2/team/greeter:0.6.0'),
        ],
      },
    });
    const SPELLINGS: Record<string, () => string> = {
      JSON: () => JSON.stringify(index()),
      'YAML with one line for all': () =>
        `apiVersion: v1\nentries: ${JSON.stringify(index().entries)}\n`,
      'YAML as helm writes it': () =>
        [
          'apiVersion: v1',
          'entries:',
          '  aaa: []',
          '  greeter:',
          ...index().entries.greeter.flatMap(({ version, urls }) => [
            '  - apiVersion: v2',
            '    description: |',
            '      greeter:',
            '    name: greeter',
            '    urls:',
            `    - ${urls[0]}`,
            `    version: ${version}`,
          ]),
          '  zzz: []',
          '',
        ].join('\n'),
    };
    beforeEach(() => call('helm_repo_remove', { name: 'evil' }));

    it.each(Object.keys(SPELLINGS))('comes only from where it may, in %s', async (spelling) => {
      writeFileSync(join(evil.folder, 'index.yaml'), SPELLINGS[spelling]!());
      expect((await call('helm_repo_add', { name: 'evil', url: evil.url })).code).toBeUndefined();
      expect((await show('evil/greeter')).text).toMatch(/^# Number of pods/);
      for (const [version, code, host] of [
        ['0.9.0', 'forbidden', '"169.254.169.254"'],
        ['0.8.0', 'forbidden', '"10.0.0.1"'],
        ['0.7.0', 'upstream', 'names no address'],
        ['0.6.x', 'forbidden', '"10.0.0.2"'],
      ]) {
        const answer = await show('evil/greeter', { version });
        expect([answer.code, answer.text]).toEqual([code, expect.stringContaining(host!)]);
      }
      expect((await show('evil/greeter', { version: '3.0.0' })).code).toBe('not_found');
      expect((await show('evil/other')).code).toBe('not_found');
    });
  });

  describe('is not used when its schema refers to', () => {
    const ref = (reference: string) => JSON.stringify({ properties: { a: { $ref: reference } } });
    const served = async (files: Record<string, string>) => {
      await packageChart(evil.folder, 'schemas', { 'templates/a.yaml': CONFIG_MAP, ...files });
      return `${evil.url}/schemas-1.0.0.tgz`;
    };
    const expectRefused = async (chart: string, reference: string) => {
      const { code, text } = await template(chart, { values: 'a: 1' });
      expect([code, text]).toEqual(['forbidden', expect.stringContaining(`"${reference}"`)]);
      return text;
    };

    it('a file of the server', async () => {
      const chart = await served({ [SCHEMA]: ref('file:///etc/os-release') });
      expect(await expectRefused(chart, 'file:///etc/os-release')).toContain(SCHEMA);
      const args = { release_name: 'x', chart, namespace: 'default', dry_run: true };
      for (const tool of ['helm_install', 'helm_upgrade']) {
        expect((await call(tool, args)).code).toBe('forbidden');
      }
    });

    it('a path, which helm takes from the root of the machine', async () => {
      await expectRefused(
        await served({ [SCHEMA]: ref('etc/os-release.json') }),
        'etc/os-release.json',
      );
    });

    it('another host, unless that is listed', async () => {
      await expectRefused(
        await served({ [SCHEMA]: ref('http://10.0.0.1/x.json') }),
        'http://10.0.0.1/x.json',
      );
      writeFileSync(join(evil.folder, 'text.json'), '{"type": "string"}');
      const chart = await served({ [SCHEMA]: ref(`${evil.url}/text.json`) });
      expect((await template(chart, { values: 'a: b' })).code).toBeUndefined();
    });

    it('a file, in a chart that it holds', async () => {
      const inner = { 'Chart.yaml': 'apiVersion: v2\nname: inner\nversion: 1.0.0\n' };
      const schema = ref('file:///etc/shadow');
      const folder = Object.fromEntries(
        Object.entries({ ...inner, [SCHEMA]: schema }).map(([name, text]) => [
          `charts/inner/${name}`,
          text,
        ]),
      );
      expect(await expectRefused(await served(folder), 'file:///etc/shadow')).toContain(
        'charts/inner/',
      );

      const archive = await packageChart(join(evil.folder, 'inner'), 'inner', { [SCHEMA]: schema });
      const outer = writeChart(join(evil.folder, 'sources'), 'outer', { 'charts/.keep': '' });
      copyFileSync(archive, join(outer, 'charts', 'inner-1.0.0.tgz'));
      const local = writeChart(chartsDir, 'outer', { 'charts/.keep': '' });
      copyFileSync(archive, join(local, 'charts', 'inner-1.0.0.tgz'));
      expect(await expectRefused('./outer', 'file:///etc/shadow')).toContain('inner-1.0.0.tgz');
    });

    it('nothing else is refused: pointers, drafts, bundled schemas', async () => {
      const schema = {
        $schema: 'http://json-schema.org/draft-07/schema#',
        definitions: { word: { $id: 'word.json', type: 'string' } },
        properties: { a: { $ref: '#/definitions/word' }, b: { $ref: 'word.json' } },
      };
      const chart = await served({ [SCHEMA]: JSON.stringify(schema) });
      expect((await template(chart, { values: 'a: one\nb: two' })).code).toBeUndefined();
      expect(await template(chart, { values: 'b: 1' })).toMatchObject({ code: 'invalid_input' });
    });
  });

  it('is rendered with a limit of memory', async () => {
    const bomb = '{{ $x := repeat 1000000 "abcdefghij" }}{{ range until 100000 }}{{ $x }}{{ end }}';
    writeChart(chartsDir, 'bomb', { 'templates/a.yaml': `${CONFIG_MAP}data: {a: "${bomb}"}\n` });
    const release = { release_name: 'bomb', namespace: 'default' };
    for (const tool of ['helm_template', 'helm_install', 'helm_upgrade']) {
      const { code, text } = await call(tool, { ...release, chart: './bomb' });
      expect([tool, code, text]).toEqual([tool, 'failed', expect.stringContaining('256 MB')]);
      expect(text).toContain('HELM_MAX_MEMORY_MB');
    }
    expect((await call('helm_status', release)).code).toBe('not_found');
    expect(runs()).toEqual([]);
  });
});
