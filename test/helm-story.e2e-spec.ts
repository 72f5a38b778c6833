import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChartRepository } from './support/chart-repository.js';
import { DOORS, type Answer, type Door } from './support/doors.js';
import { HIDDEN } from './support/greeter-chart.js';
import { helm4Env, ownHelmHome } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { startServer, type RunningServer } from './support/server.js';
import { describeSideBySide } from './support/side-by-side.js';

const STORIES = [
  { helm: 3, door: 'REST' },
  { helm: 4, door: 'MCP' },
];

let repository: ChartRepository;
beforeAll(async () => {
  repository = await ChartRepository.start('story', ['1.0.0', '1.1.0']);
});
afterAll(() => repository.stop());

const titleOf = ({ helm, door }: (typeof STORIES)[number]) =>
  `with helm ${helm} over ${door}, a chart`;

describeSideBySide(STORIES, titleOf, ({ helm: major, door: name }) => {
  const namespace = `story-helm${major}-${name.toLowerCase()}`;
  const release = { release_name: 'hello', namespace };
  const chart = { chart: 'local/greeter' };
  const answers: string[] = [];
  let server: RunningServer;
  let door: Door;
  beforeAll(async () => {
    const env = major === 4 ? helm4Env() : {};
    server = await startServer({ ...env, ...ownHelmHome(namespace) });
    door = await DOORS[name]!(server);
  });
  afterAll(async () => {
    await door.close();
    await server.stop();
    await kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  });

  const call = async (tool: string, args: Record<string, unknown> = {}): Promise<Answer> => {
    const answer = await door.call(tool, args);
    answers.push(answer.text);
    return answer;
  };
  const textOf = async (tool: string, args: Record<string, unknown> = {}): Promise<string> => {
    const { text, code } = await call(tool, args);
    expect([tool, code, text]).toEqual([tool, undefined, text]);
    return text;
  };
  const stored = (target: string, path: string) =>
    kubectl('get', target, '-n', namespace, '--ignore-not-found', '-o', `jsonpath=${path}`);
  const deployed = () =>
    stored('deployment/hello', '{.spec.replicas} {.spec.template.spec.containers[0].image}');

  it('is found in a repository that is added', async () => {
    const { url } = repository;
    expect(await textOf('helm_repo_add', { name: 'local', url })).toBe(
      '"local" has been added to your repositories',
    );
    expect(await textOf('helm_repo_add', { name: 'local', url })).toMatch(/already exists/);
    expect(await textOf('helm_repo_update')).toMatch(/update from the "local" chart repository/);
    expect(await textOf('helm_search_repo', { keyword: 'hello' })).toMatch(
      /^NAME +\tCHART VERSION\t.*\nlocal\/greeter\t1\.1\.0 +\t1\.0 +\tSays hello\. *$/,
    );
    expect(await textOf('helm_search_repo', { keyword: '', version: '<1.1.0' })).toContain('1.0.0');
  });

  it('shows its values and what it renders', async () => {
    expect(await textOf('helm_show_values', chart)).toMatch(/^# Number of pods\.\nreplicas: 1\n/);
    const text = await textOf('helm_template', { ...release, ...chart, values: 'replicas: 7' });
    expect(text).toContain('# Source: greeter/templates/deployment.yaml\n');
    expect(text).toContain('replicas: 7\n');
    expect(text).toContain(`token: <redacted, ${HIDDEN.length} bytes>`);
  });

  it('is installed, after a look at what that would do', async () => {
    const args = { ...release, ...chart, version: '1.0.0' };
    const preview = await textOf('helm_install', { ...args, dry_run: true });
    expect(preview).toMatch(/^Release "hello" would be installed .*nothing was changed\)\n/);
    expect(preview).toMatch(
      /\n\nnamespace\/\S+: created\n(?:(?:configmap|secret|deployment\.apps)\/hello: created\n){3}\n/,
    );
    expect(await stored(`namespace/${namespace}`, '{.metadata.name}')).toBe('');

    const text = await textOf('helm_install', args);
    expect(text).toMatch(
      /^NAME: hello\n[^]*STATUS: deployed\n[^]*NOTES:\nHello from hello\.\nChart digest: sha256:\w{64}$/,
    );
    expect(await deployed()).toBe('1 app:1.0');
    expect(await stored('deployment/hello', '{.status.readyReplicas}')).toBe('1');
  });

  it('is upgraded with values, after a look at the difference to what is live', async () => {
    await kubectl('scale', 'deployment/hello', '--replicas=2', '-n', namespace);
    const values = 'image: {tag: "2.0"}\ngreeting: Hi\n';
    // Helm 4 would refuse to set what kubectl has scaled.
    const args = { ...release, ...chart, values, force_conflicts: true };
    const preview = await textOf('helm_upgrade', { ...args, dry_run: true });
    expect(preview).toMatch(/would be upgraded to revision 2 /);
    expect(preview).toContain('-  replicas: 2\n+  replicas: 1\n');
    expect(preview).toContain('-      - image: app:1.0\n+      - image: app:2.0\n');
    expect(preview).toContain('-  greeting: Hello\n-  version: 1.0.0\n');
    expect(preview).toMatch(/\n\nUnchanged: secret\/hello\n\n/);
    expect(preview).toMatch(/\n\nChart digest: sha256:[0-9a-f]{64}$/);
    expect(await deployed()).toBe('2 app:1.0');

    expect(await textOf('helm_upgrade', args)).toMatch(/has been upgraded[^]*REVISION: 2\n/);
    expect(await stored('configmap/hello', '{.data.greeting} {.data.version}')).toBe('Hi 1.1.0');
    const more = { ...args, values: 'replicas: 2', reuse_values: true, wait: false };
    await textOf('helm_upgrade', more);
    expect(await deployed()).toBe('2 app:2.0');
  });

  it('tells of its release', async () => {
    expect(await textOf('helm_list_releases', { namespace })).toMatch(
      /\nhello\s+story\S+\s+3\s.*\tdeployed\tgreeter-1\.1\.0\t1\.0 /,
    );
    expect(await textOf('helm_status', release)).toMatch(/STATUS: deployed\nREVISION: 3\n/);
    const history = await textOf('helm_history', release);
    expect(history.split('\n').map((line) => line.split('\t')[2]?.trim())).toEqual([
      'STATUS',
      'superseded',
      'superseded',
      'deployed',
    ]);
    expect(await textOf('helm_get_values', release)).toBe(
      'greeting: Hi\nimage:\n  tag: "2.0"\nreplicas: 2',
    );
    expect(await textOf('helm_get_values', { ...release, all_values: true })).toContain(
      'ready: true',
    );
    const manifest = await textOf('helm_get_manifest', release);
    expect(manifest).toContain('# Source: greeter/templates/secret.yaml\n');
    expect(manifest).toContain(`token: <redacted, ${HIDDEN.length} bytes>`);
  });

  it('is rolled back when an atomic upgrade does not get ready, and says what was not', async () => {
    const args = { ...release, ...chart, values: 'ready: false', reuse_values: true };
    const { text, code } = await call('helm_upgrade', {
      ...args,
      atomic: true,
      timeout_seconds: 5,
    });
    expect([code, text]).toEqual(['timeout', expect.stringMatching(/has been rolled back/)]);
    expect(text).toMatch(/\nNot ready: deployment\.apps\/hello: .*; pod hello-\S+ is Running/);
    const path = '{.spec.template.spec.containers[0].readinessProbe.httpGet.path}';
    expect(await stored('deployment/hello', path)).toBe('/');
    expect(await textOf('helm_status', release)).toMatch(/STATUS: deployed\nREVISION: 5\n/);
  });

  it('is rolled back, after a look at the difference', async () => {
    const args = { ...release, revision: 1 };
    const preview = await textOf('helm_rollback', { ...args, dry_run: true });
    expect(preview).toMatch(/would be rolled back to revision 1, as revision 6 /);
    expect(preview).toContain('-      - image: app:2.0\n+      - image: app:1.0\n');
    expect(await textOf('helm_rollback', args)).toMatch(/^Rollback was a success/);
    expect(await deployed()).toBe('1 app:1.0');
    expect(await textOf('helm_history', { ...release, max_revisions: 1 })).toMatch(
      /\n6 .*Rollback to 1 *$/,
    );
  });

  it('is uninstalled, after a look at what goes', async () => {
    const preview = await textOf('helm_uninstall', { ...release, dry_run: true });
    expect(preview).toMatch(/^deployment\.apps\/hello: deleted$/m);
    expect(await deployed()).toBe('1 app:1.0');
    expect(await textOf('helm_uninstall', { ...release, keep_history: true })).toContain(
      'release "hello" uninstalled',
    );
    expect(await deployed()).toBe('');
    expect(await textOf('helm_list_releases', { namespace })).not.toContain('hello');
    expect(await textOf('helm_list_releases', { namespace, all: true })).toContain('uninstalled');
    await textOf('helm_uninstall', { ...release, wait: true });
    expect((await call('helm_status', release)).code).toBe('not_found');
  });

  it('comes with values of its own from the start', async () => {
    const values = 'replicas: 2\nnodeSelector: {beta.kubernetes.io/os: linux}\n';
    const args = { ...release, ...chart, values, wait: false };
    const text = await textOf('helm_install_with_values', args);
    expect(text).toMatch(/^NAME: hello\n[^]*STATUS: deployed\n/);
    // What the API server has to say of a manifest.
    expect(text).toMatch(
      /\nWarning: spec\S+\[beta.kubernetes.io\/os\]: deprecated since .*instead$/m,
    );
    expect(await deployed()).toBe('2 app:1.0');
    await textOf('helm_uninstall', release);
  });

  it('goes with its repository', async () => {
    expect(await textOf('helm_repo_remove', { name: 'local' })).toBe(
      '"local" has been removed from your repositories',
    );
    const { text, code } = await call('helm_show_values', chart);
    expect([code, text]).toEqual(['not_found', expect.stringContaining('no repository "local"')]);
    expect(await textOf('helm_search_repo', { keyword: '' })).toMatch(/^There are no repositories/);
  });

  it('has never shown the value of its Secret', () => {
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.join('\n')).not.toContain(HIDDEN);
    expect(answers.join('\n')).not.toContain(Buffer.from(HIDDEN).toString('base64'));
    expect(JSON.stringify(server.log)).not.toContain(HIDDEN);
  });
});
