import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nextCancelled } from './support/call-log.js';
import { writeGreeterChart } from './support/greeter-chart.js';
import { helm4Env, ownHelmHome } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { testSandbox } from './support/sandbox.js';
import { useGate } from './support/use-gate.js';
import { useServer } from './support/use-server.js';

const SECRET = 'wJalrXUtnFEMI';
const WAIT_MS = 60_000;

/** A helm process: its environment and its kubeconfig. */
interface Child {
  env: Record<string, string>;
  kubeconfig: string;
}

/** The helm that works on a release, as soon as it runs. */
function helmOf(release: string): Promise<Child> {
  const find = async (): Promise<Child> => {
    const { stdout } = await promisify(execFile)('pgrep', ['-f', `^helm .*-- ${release} `]);
    const text = await readFile(`/proc/${stdout.trim()}/environ`, 'utf8');
    const pairs = text.split('\0').filter(Boolean);
    const env = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s, 2))) as Child['env'];
    return { env, kubeconfig: await readFile(env['KUBECONFIG'] ?? '', 'utf8') };
  };
  return vi.waitFor(find, { timeout: WAIT_MS, interval: 50 });
}

/** The address in a kubeconfig of the gate, with its token. */
function addressIn({ kubeconfig }: Child): string {
  return /http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}/.exec(kubeconfig)?.[0] ?? '';
}

async function statusAt(url: string): Promise<number> {
  return (await fetch(url)).status;
}

describe('programs behind the gate', () => {
  const namespace = 'gate-programs';
  const server = useServer({
    defaults: { namespace },
    env: () => {
      const charts = `${testSandbox().folder}/gate-charts`;
      writeGreeterChart(charts, '1.0.0');
      return {
        ...ownHelmHome(namespace),
        HELM_CHARTS_DIR: charts,
        AWS_SECRET_ACCESS_KEY: SECRET,
        GITHUB_TOKEN: SECRET,
      };
    },
  });
  beforeAll(() => kubectl('create', 'namespace', namespace));
  afterAll(() => kubectl('delete', 'namespace', namespace, '--wait=false'));

  const release = { release_name: 'story' };
  const chart = { ...release, chart: './greeter' };

  it('install and wait, upgrade, roll back, describe and uninstall', async () => {
    expect(await server.textOf('helm_install', chart)).toContain('STATUS: deployed');
    await server.textOf('helm_upgrade', { ...chart, values: 'greeting: Hi' });
    expect(await server.textOf('helm_list_releases')).toMatch(/\nstory\s.*\s2\s.*deployed/);
    const hello = { name: 'story', resource_type: 'configmap' };
    expect(await server.textOf('k8s_describe', hello)).toMatch(/greeting:\s+----\s+Hi/);
    await server.textOf('helm_rollback', { ...release, revision: 1 });
    expect(await server.textOf('k8s_describe', hello)).toMatch(/greeting:\s+----\s+Hello/);
    await server.textOf('helm_uninstall', release);
    expect(await kubectl('get', 'configmap', '-n', namespace)).not.toContain('story');
  });

  it('say what the API server says, by its own address', async () => {
    const { body } = await server.call('k8s_describe', { resource_type: 'pod', name: 'none' });
    expect(body).toMatchObject({ code: 'not_found', detail: 'pods "none" not found' });
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });

  it('hold no credential, and no variable of the server that is not theirs', async () => {
    const waiting = { ...chart, release_name: 'waiting', values: 'ready: false' };
    const installed = server.call('helm_install_with_values', { ...waiting, timeout_seconds: 20 });
    const child = await helmOf('waiting');
    expect(JSON.stringify(child)).not.toContain(SECRET);
    expect(child.kubeconfig).not.toMatch(
      /certificate|key-data|token"|password|exec"|auth-provider/,
    );
    const names = Object.keys(child.env).filter((name) => !/^(HELM_|LC_|SSL_CERT_)/.test(name));
    // Both lead to the proxy of the server.
    expect([child.env['HTTP_PROXY'], child.env['HTTPS_PROXY']]).toEqual(
      Array(2).fill(expect.stringMatching(/^http:\/\/[^@]+@127\.0\.0\.1:\d+\/?$/)),
    );
    const allowed = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'DOCKER_CONFIG', 'GOMEMLIMIT'];
    expect(names.filter((name) => !allowed.includes(name)).sort()).toEqual([
      'HTTPS_PROXY',
      'HTTP_PROXY',
      'KUBECACHEDIR',
      'KUBECONFIG',
      'KUBERC',
    ]);
    const address = addressIn(child);
    expect(await statusAt(`${address}/version`)).toBe(200);
    const foreign = address.slice(0, -1) + (address.endsWith('A') ? 'B' : 'A');
    expect(await statusAt(`${foreign}/version`)).toBe(401);
    expect(await statusAt(`${new URL(address).origin}/version`)).toBe(401);
    expect((await installed).body.code).toBe('timeout');
    // The address went with the call.
    expect(await statusAt(`${address}/version`)).toBe(401);
  });
});

describe('a call that is cancelled', () => {
  const namespace = 'gate-cancel';
  const api = useGate();
  const server = useServer({
    env: async () => {
      const charts = `${testSandbox().folder}/gate-cancel-charts`;
      writeGreeterChart(charts, '1.0.0');
      const helm = { ...helm4Env(), ...ownHelmHome(namespace), HELM_CHARTS_DIR: charts };
      return { ...helm, ...(await api.env()) };
    },
  });
  beforeAll(() => kubectl('create', 'namespace', namespace));
  afterAll(() => kubectl('delete', 'namespace', namespace, '--wait=false'));

  it('ends the watches of its program at the API server', async () => {
    const cancel = new AbortController();
    const cancelled = nextCancelled(server.log);
    const args = {
      release_name: 'watching',
      chart: './greeter',
      namespace,
      values: 'ready: false',
    };
    const ended = server.mcp
      .call('helm_install_with_values', args, { signal: cancel.signal })
      .catch((error: Error) => error);
    const child = await helmOf('watching');
    const isWatched = () =>
      api.gate.passed.some(({ url }) => /deployments\?.*watch=true/.test(url!));
    await vi.waitFor(() => expect(isWatched()).toBe(true), WAIT_MS);
    cancel.abort();
    expect(await ended).toBeInstanceOf(Error);
    await cancelled();
    await vi.waitFor(() => expect(api.gate.open).toBe(0), WAIT_MS);
    expect(await statusAt(`${addressIn(child)}/version`)).toBe(401);
  });
});
