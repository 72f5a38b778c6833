import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nextCancelled } from './support/call-log.js';
import { writeGreeterChart } from './support/greeter-chart.js';
import { helm, helm4Env, ownHelmHome } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { describeSideBySide } from './support/side-by-side.js';

const NEVER_READY = { values: 'ready: false\n' };

/** A hook for which there is no node, where the values ask for one. */
const HOOK = `{{- if .Values.hookNode }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: {helm.sh/hook: pre-upgrade}
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {kind: {{ .Values.hookNode }}}
      containers: [{name: migrate, image: "busybox:1.37"}]
{{- end }}
`;

/** The helm processes that work on a release of that name. */
const helmsFor = async (release: string) => {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'stat=,args=']);
  return stdout
    .split('\n')
    .filter((line) => / helm /.test(` ${line}`) && line.includes(release) && !line.startsWith('Z'));
};

describeSideBySide(
  [3, 4],
  (major) => `with helm ${major}`,
  (major) => {
    const namespace = `helm-cancel-${major}`;
    let server: RunningServer;
    let client: McpClient;
    beforeAll(async () => {
      const charts = `${testSandbox().folder}/cancel-charts-${major}`;
      const chartFolder = writeGreeterChart(charts, '1.0.0');
      writeFileSync(join(chartFolder, 'templates', 'hook.yaml'), HOOK);
      server = await startServer({
        ...(major === 4 ? helm4Env() : {}),
        ...ownHelmHome(namespace),
        HELM_CHARTS_DIR: charts,
      });
      client = await CLIENTS['2025 over Streamable HTTP']!(server);
      await kubectl('create', 'namespace', namespace);
    });
    afterAll(async () => {
      await client.close();
      await server.stop();
      await kubectl('delete', 'namespace', namespace, '--wait=false');
    });

    const chart = { chart: './greeter', namespace };
    const call = async (tool: string, args: Record<string, unknown>) => {
      const { body } = await execute(server.url, tool, args);
      return { code: body.code, text: body.detail ?? body.result ?? '' };
    };
    const statusOf = async (name: string) =>
      (
        JSON.parse(await helm('status', name, '-n', namespace, '-o', 'json')) as {
          info: { status: string };
        }
      ).info.status;

    /** Begins an operation, and cancels it once its release has a status. */
    const cancelAt = async (status: string, tool: string, args: { release_name: string }) => {
      const cancel = new AbortController();
      const cancelled = nextCancelled(server.log);
      const ended = client
        .call(tool, args, { signal: cancel.signal })
        .catch((error: Error) => error);
      await vi.waitFor(async () => expect(await statusOf(args.release_name)).toBe(status), 30_000);
      cancel.abort();
      expect(await ended).toBeInstanceOf(Error);
      await cancelled();
    };

    it('an install that waits tells what it waits for, and a cancel ends it', async () => {
      const cancel = new AbortController();
      const steps: string[] = [];
      const name = `waiting${major}`;
      const cancelled = nextCancelled(server.log);
      const running = client.call(
        'helm_install_with_values',
        { ...chart, ...NEVER_READY, release_name: name },
        { signal: cancel.signal, onprogress: ({ message }) => steps.push(message ?? '') },
      );
      const ended = running.catch((error: Error) => error);
      await vi.waitFor(
        () => expect(steps.at(-1)).toMatch(/^deployment\.apps\/waiting\d: .*; pod .* is Running/),
        30_000,
      );
      expect(await helmsFor(name)).toHaveLength(1);
      cancel.abort();
      expect(await ended).toBeInstanceOf(Error);
      await cancelled();
      await vi.waitFor(async () => expect(await helmsFor(name)).toEqual([]), 30_000);
      expect(await statusOf(name)).toBe('failed');
      const again = await call('helm_install', { ...chart, release_name: name });
      expect([again.code, again.text]).toEqual([
        'conflict',
        expect.stringMatching(/is failed \(revision 1\).*helm_uninstall/),
      ]);
    });

    it('an upgrade that reaches its time limit says what is not ready, and how to recover', async () => {
      const name = `slow${major}`;
      await call('helm_install', { ...chart, release_name: name, wait: false });
      const args = { ...chart, ...NEVER_READY, release_name: name, timeout_seconds: 3 };
      const { code, text } = await call('helm_upgrade', args);
      expect(code).toBe('timeout');
      expect(text).toMatch(/\nNot ready: deployment\.apps\/slow\d: /);
      expect(text).toMatch(/is failed \(revision 2\).*helm_rollback to revision 1/);
      expect(
        (await call('helm_rollback', { release_name: name, namespace, revision: 1 })).text,
      ).toMatch(/Rollback was a success/);
    });

    it('an upgrade whose hook gets no node says that the hook waits, and why', async () => {
      const release_name = `hooked${major}`;
      await call('helm_install', { ...chart, release_name, wait: false });
      const args = { ...chart, release_name, values: 'hookNode: none', timeout_seconds: 3 };
      const { code, text } = await call('helm_upgrade', args);
      expect(code).toBe('timeout');
      expect(text).toMatch(
        /hook job\.batch\/hooked\d-migrate waits: pod hooked\d-migrate-\S+ is Pending \(0\/\d nodes are available/,
      );
      expect(text).not.toContain('is running');
    });

    it('a rollback that is cancelled leaves the release pending, and what finds it so says how to recover', async () => {
      const name = `stuck${major}`;
      const args = { ...chart, release_name: name, wait: false };
      for (const values of ['', 'ready: false', 'replicas: 2'])
        await call('helm_upgrade', { ...args, values });
      const back = { release_name: name, namespace, revision: 2 };
      await cancelAt('pending-rollback', 'helm_rollback', back);
      const found = await call('helm_upgrade', { ...chart, release_name: name });
      expect([found.code, found.text]).toEqual([
        'conflict',
        expect.stringMatching(/left pending-rollback \(revision 4\).*helm_rollback to revision 3/),
      ]);
      expect((await call('helm_list_releases', { namespace })).text).not.toContain(name);
      expect((await call('helm_list_releases', { namespace, all: true })).text).toContain(
        'pending-rollback',
      );
      expect((await call('helm_rollback', { ...back, revision: 3 })).code).toBeUndefined();
      expect((await call('helm_upgrade', { ...chart, release_name: name })).code).toBeUndefined();
    });

    it('an atomic upgrade that is cancelled ends helm, and a rollback gets the release well again', async () => {
      const name = `atomic${major}`;
      await call('helm_install', { ...chart, release_name: name, wait: false });
      const args = { ...chart, ...NEVER_READY, release_name: name, atomic: true };
      await cancelAt('pending-upgrade', 'helm_upgrade', args);
      await vi.waitFor(async () => expect(await helmsFor(name)).toEqual([]), 30_000);
      const back = { release_name: name, namespace, revision: 1 };
      expect((await call('helm_rollback', back)).text).toMatch(/Rollback was a success/);
      expect(await statusOf(name)).toBe('deployed');
      expect((await call('helm_upgrade', { ...chart, release_name: name })).code).toBeUndefined();
    });
  },
);

describe('twenty calls at once', () => {
  const namespace = 'helm-at-once';
  let server: RunningServer;
  beforeAll(async () => {
    writeGreeterChart(`${testSandbox().folder}/many-charts`, '1.0.0');
    server = await startServer({
      ...ownHelmHome(namespace),
      HELM_CHARTS_DIR: `${testSandbox().folder}/many-charts`,
    });
  });
  afterAll(async () => {
    await server.stop();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  it('do not get in each other’s way', { timeout: 120_000 }, async () => {
    const call = async (tool: string, args: Record<string, unknown>) =>
      (await execute(server.url, tool, { namespace, ...args })).body;
    const calls = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    const answers = await Promise.all(
      calls.map((release_name) =>
        call('helm_install_with_values', {
          chart: './greeter',
          release_name,
          wait: false,
          values: `greeting: ${release_name}\nreplicas: 0\n`,
        }),
      ),
    );
    expect(answers.map(({ code }) => code)).toEqual(calls.map(() => undefined));
    const stored = await kubectl(
      'get',
      'configmaps',
      '-n',
      namespace,
      '-o',
      'jsonpath={range .items[*]}{.metadata.name}={.data.greeting} {end}',
    );
    for (const name of calls) expect(stored).toContain(`${name}=${name} `);
    const removed = await Promise.all(
      calls.map((release_name) => call('helm_uninstall', { release_name })),
    );
    expect(removed.map(({ code }) => code)).toEqual(calls.map(() => undefined));
  });
});
