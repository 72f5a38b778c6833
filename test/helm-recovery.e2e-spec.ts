import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helm, helm4Env, ownHelmHome } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { writeChart } from './support/small-chart.js';

const OBJECTS = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
immutable: {{ .Values.immutable | default false }}
data: {text: {{ .Values.text | default "one" | quote }}}
`;

/** A hook whose name the API server refuses where the values say so. */
const hook = (event: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-${event}{{ if has "${event}" .Values.failing }}_{{ end }}
  annotations: {helm.sh/hook: ${event}, helm.sh/hook-delete-policy: before-hook-creation}
`;

const POD = `{{ if .Values.pod }}
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}}
spec:
  nodeSelector: {nobody: has}
  containers: [{name: app, image: "app:1.0"}]
{{ end }}`;

const EVENTS = ['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade', 'pre-rollback'];

describe.each([3, 4])('the way back that is told with helm %i', (major) => {
  const namespace = `helm-recovery-${major}`;
  const chartsDir = `${testSandbox().folder}/recovery-charts`;
  let server: RunningServer;
  beforeAll(async () => {
    writeChart(chartsDir, 'fragile', {
      'values.yaml': 'failing: []\n',
      'templates/objects.yaml': OBJECTS,
      'templates/pod.yaml': POD,
      ...Object.fromEntries(EVENTS.map((event) => [`templates/${event}.yaml`, hook(event)])),
    });
    const env = { ...(major === 4 ? helm4Env() : {}), ...ownHelmHome(namespace) };
    server = await startServer({ ...env, HELM_CHARTS_DIR: chartsDir });
    await kubectl('create', 'namespace', namespace);
  });
  afterAll(async () => {
    await server.stop();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  const call = async (tool: string, release_name: string, more: object = {}) => {
    const { body } = await execute(server.url, tool, { namespace, release_name, ...more });
    return { code: body.code, text: body.detail ?? body.result ?? '' };
  };
  const upgrade = (name: string, values: string, more: object = {}) =>
    call('helm_upgrade', name, { chart: './fragile', wait: false, values, ...more });
  const good = async (answer: Promise<{ code: unknown; text: string }>) => {
    const { code, text } = await answer;
    expect([code, text]).toEqual([undefined, text]);
  };
  const history = async (name: string) =>
    (JSON.parse(await helm('history', name, '-n', namespace, '-o', 'json')) as HistoryLine[]).map(
      ({ status }) => status,
    );
  /** Makes each further change of the release's ConfigMap fail. */
  const freeze = (name: string) =>
    kubectl(
      'patch',
      `configmap/${name}`,
      '-n',
      namespace,
      '-p',
      '{"immutable":true,"data":{"text":"frozen"}}',
    );

  it('is the revision before a failed upgrade and a rollback that failed too', async () => {
    await good(upgrade('both', ''));
    const failed = await upgrade('both', 'failing: [pre-upgrade]');
    expect(failed.text).toMatch(/helm_rollback to revision 1\b/);
    await freeze('both');
    const back = await call('helm_rollback', 'both', { revision: 1, wait: false });
    expect(back.code).toBeDefined();
    // Of the failed upgrade helm now says "superseded", as it does of good ones.
    expect(await history('both')).toEqual(['deployed', 'superseded', 'failed']);
    expect(back.text).toMatch(/is failed \(revision 3\)[^]*helm_rollback to revision 1\b/);
    expect((await call('helm_install', 'both', { chart: './fragile' })).text).toMatch(
      /\(failed\)[^]*helm_rollback to revision 1\b/,
    );
  });

  it('is the last good revision, however many failed since', async () => {
    await good(upgrade('many', ''));
    await good(upgrade('many', 'text: two'));
    for (const event of ['pre-upgrade', 'post-upgrade']) {
      const { code, text } = await upgrade('many', `failing: [${event}]`);
      expect([code, text]).toEqual([code, expect.stringMatching(/helm_rollback to revision 2\b/)]);
    }
    const waiting = await upgrade('many', 'pod: true', { wait: true, timeout_seconds: 2 });
    expect(waiting).toMatchObject({ code: 'timeout' });
    expect(waiting.text).toMatch(/helm_rollback to revision 2\b/);
  });

  it('is none where nothing was ever deployed', async () => {
    const { text } = await upgrade('never', 'failing: [pre-install]');
    expect(text).toMatch(/is failed \(revision 1\)[^]*remove it with helm_uninstall/);
    const again = await upgrade('never', 'failing: [pre-install, pre-upgrade]');
    expect(again.text).not.toContain('helm_rollback');
    const back = await call('helm_rollback', 'never', { revision: 1, wait: false });
    expect(back.text).not.toMatch(/helm_rollback to revision/);
  });

  it('passes over a rollback that was broken off', async () => {
    await good(upgrade('hooked', 'failing: [pre-rollback]'));
    await good(upgrade('hooked', 'text: two'));
    const back = await call('helm_rollback', 'hooked', { revision: 1, wait: false });
    expect(back.text).toMatch(
      /left pending-rollback \(revision 3\)[^]*helm_rollback to revision 2\b/,
    );
    await freeze('hooked');
    const second = await call('helm_rollback', 'hooked', { revision: 2, wait: false });
    expect(await history('hooked')).toEqual(['superseded', 'deployed', 'superseded', 'failed']);
    expect(second.text).toMatch(/helm_rollback to revision 2\b/);
  });

  it('is a rollback that went well', async () => {
    await good(upgrade('well', ''));
    await good(upgrade('well', 'text: two'));
    await good(call('helm_rollback', 'well', { revision: 1, wait: false }));
    expect((await upgrade('well', 'failing: [pre-upgrade]')).text).toMatch(
      /helm_rollback to revision 3\b/,
    );
  });

  it('is none of before a release was uninstalled', async () => {
    await good(upgrade('gone', ''));
    await good(call('helm_uninstall', 'gone', { keep_history: true }));
    const { text } = await upgrade('gone', 'failing: [pre-install, pre-upgrade]');
    expect(text).toMatch(/is failed \(revision 2\)/);
    expect(text).not.toMatch(/helm_rollback to revision 2/);
  });
});

interface HistoryLine {
  status: string;
}
