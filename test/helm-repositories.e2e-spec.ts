import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChartRepository, CREDENTIALS } from './support/chart-repository.js';
import { HIDDEN } from './support/greeter-chart.js';
import { helm, ownHelmHome } from './support/helm.js';
import { OciRegistry } from './support/oci-registry.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

const HOME = ownHelmHome('repositories');
const TEMPLATE = { release_name: 'x', chart: 'local/greeter' };

let repository: ChartRepository;
let registry: OciRegistry;
let server: RunningServer;
beforeAll(async () => {
  repository = await ChartRepository.start('repositories', ['1.0.0']);
  registry = await OciRegistry.start(join(repository.folder, 'greeter-1.0.0.tgz'));
  server = await startServer({ ...HOME, HELM_PLAIN_HTTP_REGISTRIES: registry.host });
});
afterAll(async () => {
  await server.stop();
  repository.stop();
  registry.stop();
});

const call = async (tool: string, args: Record<string, unknown> = {}) => {
  const { body } = await execute(server.url, tool, args);
  return { code: body.code, text: body.result ?? body.detail ?? '', raw: JSON.stringify(body) };
};
const home = (...path: string[]) => join(HOME.HELM_HOME_DIR ?? '', ...path);
const index = () => home('cache', 'repository', 'local-index.yaml');
const indexRequests = () => repository.requests.filter((url) => url.includes('index.yaml')).length;

/** Makes the index look fetched an hour ago. */
const age = () => utimesSync(index(), new Date(), new Date(Date.now() - 3_600_000));

describe('the index of a repository', () => {
  beforeAll(() => call('helm_repo_add', { name: 'local', url: repository.url }));
  beforeEach(() => (repository.isDown = false));

  it('is not fetched again while it is young', async () => {
    const before = indexRequests();
    expect((await call('helm_template', TEMPLATE)).code).toBeUndefined();
    expect((await call('helm_search_repo', { keyword: '' })).code).toBeUndefined();
    expect(indexRequests()).toBe(before);
  });

  it('is fetched once for all that wait, when it is old', async () => {
    await repository.publish('1.2.0');
    const newest = { ...TEMPLATE, version: '1.2.0' };
    expect((await call('helm_template', newest)).code).toBe('not_found');
    age();
    const before = indexRequests();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call('helm_template', newest)),
    );
    expect(answers.map(({ code }) => code)).toEqual(answers.map(() => undefined));
    expect(indexRequests()).toBe(before + 1);
  });

  it('goes on being used when a newer one cannot be had', async () => {
    age();
    repository.isDown = true;
    expect((await call('helm_search_repo', { keyword: 'greeter' })).text).toContain('1.2.0');
    const { code, text } = await call('helm_repo_update');
    expect([code, text]).toEqual(['upstream', expect.stringContaining('"local"')]);
    expect(readFileSync(index(), 'utf8')).toContain('greeter-1.2.0.tgz');
  });

  it('is whole for readers while others write', async () => {
    const calls = Array.from({ length: 6 }, (_, number) => [
      call('helm_repo_update'),
      call('helm_repo_add', { name: `other-${number}`, url: `${repository.url}/${number}` }),
      call('helm_template', TEMPLATE),
    ]).flat();
    const answers = await Promise.all(calls);
    expect(answers.map(({ code }) => code)).toEqual(answers.map(() => undefined));
    const listed = await call('helm_search_repo', { keyword: '' });
    for (let number = 0; number < 6; number++) {
      expect(listed.text).toContain(`other-${number}/greeter`);
      await call('helm_repo_remove', { name: `other-${number}` });
    }
    expect((await call('helm_search_repo', { keyword: '' })).text).not.toContain('other-');
    expect(readdirSync(home()).filter((name) => name.startsWith('staging'))).toEqual([]);
  });
});

describe('credentials of a repository', () => {
  const { user, password } = CREDENTIALS;
  const secret = decodeURIComponent(password);
  const address = () => repository.url.replace('//', `//${user}:${password}@`);

  it('reach it, and are shown nowhere', async () => {
    const url = `${address()}/private`;
    const answers = [
      await call('helm_repo_add', { name: 'private', url: url.replace(user, 'wrong') }),
      await call('helm_repo_add', { name: 'private', url }),
      await call('helm_repo_add', { name: 'private', url: `${repository.url}/private` }),
      await call('helm_template', { ...TEMPLATE, chart: 'private/greeter' }),
      await call('helm_template', { ...TEMPLATE, chart: 'private/greeter', version: '9' }),
      await call('helm_search_repo', { keyword: 'private' }),
      await call('helm_repo_update'),
    ];
    expect(answers.map(({ code }) => code)).toEqual([
      'upstream',
      undefined,
      'conflict',
      undefined,
      'not_found',
      undefined,
      undefined,
    ]);
    const said = JSON.stringify([answers.map(({ raw }) => raw), server.log]);
    for (const hidden of [password, secret, HIDDEN]) expect(said).not.toContain(hidden);
    const file = home('repositories.yaml');
    expect(readFileSync(file, 'utf8')).toContain(secret);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(statSync(home()).mode & 0o077).toBe(0);
  });

  it('are refused in the address of a chart', async () => {
    const chart = `${address()}/private/greeter-1.0.0.tgz`;
    const { code, raw } = await call('helm_show_values', { chart });
    expect(code).toBe('invalid_input');
    expect(raw).not.toContain(password);
  });
});

describe('charts that are in no repository', () => {
  it('come from an address', async () => {
    const chart = `${repository.url}/greeter-1.0.0.tgz`;
    const [values, digest] = (await call('helm_show_values', { chart })).text.split('\n# Chart ');
    expect(values).toBe(await helm('show', 'values', chart));
    expect(digest).toMatch(/^digest: sha256:[0-9a-f]{64}$/);
  });

  it('come from an OCI registry', async () => {
    const chart = `oci://${registry.host}/team/greeter`;
    const rendered = await call('helm_template', { ...TEMPLATE, chart, version: '1.0.0' });
    expect(rendered.text).toContain('# Source: greeter/templates/deployment.yaml');
    expect((await call('helm_show_values', { chart, version: '7.0.0' })).code).toBe('not_found');
  });

  it('are not taken from a folder that is called like them', async () => {
    // The server runs in the folder of this project, which has a folder test/support.
    await call('helm_repo_add', { name: 'test', url: repository.url });
    const { code, text } = await call('helm_show_values', { chart: 'test/support' });
    expect([code, text]).toEqual(['not_found', expect.stringContaining('has no chart "support"')]);
  });
});

describe('plugins and settings of whoever runs the server', () => {
  it('are not loaded', async () => {
    const env = { HELM_PLUGINS: '/nowhere', HELM_KUBECONTEXT: 'nobody', HELM_NAMESPACE: 'nobody' };
    const other = await startServer({ ...HOME, ...env, HELM_KUBETOKEN: 'wrong' });
    try {
      const args = {
        release_name: 'x',
        chart: `${repository.url}/greeter-1.0.0.tgz`,
        dry_run: true,
      };
      const { body } = await execute(other.url, 'helm_install', args);
      expect(body).toMatchObject({ status: 'success' });
    } finally {
      await other.stop();
    }
  });
});
