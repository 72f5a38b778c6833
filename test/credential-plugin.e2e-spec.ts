import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { sandboxAccess, writeKubeconfig } from './support/kubeconfig.js';
import { execute } from './support/rest.js';
import { ownHelmHome } from './support/helm.js';
import { testSandbox } from './support/sandbox.js';
import { executionsFile } from './support/use-executions.js';
import { useServer } from './support/use-server.js';

/** What a plugin leaves behind when it runs. */
const mark = () => `${testSandbox().folder}/plugin-${process.pid}-ran`;
const TOKEN = 'token-eyJhbGciOiJSUzI1NiJ9';

let kubeconfig: string;
beforeAll(async () => {
  const { cluster, user } = await sandboxAccess();
  const said = `echo 'refused: ${TOKEN}' >&2; exit 7`;
  const exec = (command: string, ...args: string[]) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      interactiveMode: 'Never',
      command,
      args,
    },
  });
  const users = {
    admin: user,
    failing: exec('sh', '-c', said),
    talking: exec('sh', '-c', `echo '${TOKEN}'; echo '${TOKEN}' >&2`),
    // Works, and talks all the time.
    working: exec(
      'sh',
      '-c',
      `echo '${TOKEN}' >&2; printf '%s' '${JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { clientCertificateData: Buffer.from(user['client-certificate-data'], 'base64').toString(), clientKeyData: Buffer.from(user['client-key-data'], 'base64').toString() } })}'`,
    ),
    missing: exec(`${testSandbox().folder}/no-such-plugin`),
    marking: exec('sh', '-c', `touch '${mark()}'`),
    unreadable: { tokenFile: `${testSandbox().folder}/no-such-token` },
  };
  const names = Object.keys(users);
  kubeconfig = await writeKubeconfig({
    clusters: [{ name: 'sandbox', cluster }],
    users: Object.entries(users).map(([name, fields]) => ({ name, user: fields })),
    contexts: [...names, 'dangling'].map((name) => ({
      name,
      context: { cluster: 'sandbox', user: name },
    })),
    'current-context': 'admin',
  });
});

const server = useServer({
  env: () => ({
    KUBECONFIG: kubeconfig,
    EXECUTIONS_FILE: executionsFile(),
    HELM_CHARTS_DIR: fileURLToPath(new URL('../apps/sandbox/charts', import.meta.url)),
    ...ownHelmHome('credential-plugin-test'),
  }),
});

/** Neither what the plugins said nor where files are. */
function expectSilent(told: unknown): void {
  const shown = JSON.stringify(told);
  for (const part of [TOKEN, testSandbox().folder, kubeconfig]) expect(shown).not.toContain(part);
}

const CALLS: [string, object][] = [
  ['k8s_get', { resource_type: 'pods' }],
  ['k8s_describe', { resource_type: 'namespace', name: 'default' }],
  ['k8s_apply', { content: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}' }],
  ['helm_list_releases', {}],
  ['helm_install', { release_name: 'none', chart: './cache', namespace: 'default' }],
  ['argo_list_rollouts', {}],
];

describe('a list of tools', () => {
  it('starts no plugin, which may ask a person to log in', async () => {
    const lists = [fetch(`${server.url}/engine/v1/tools`), server.mcp.listTools()];
    await Promise.all(lists);
    expect(existsSync(mark())).toBe(false);
    await execute(server.url, 'k8s_get', { resource_type: 'pods', context: 'marking' });
    expect(existsSync(mark())).toBe(true);
  });
});

describe('a context whose credentials cannot be had', () => {
  it.each(CALLS)('makes %s say how its plugin ended, not what it said', async (tool, args) => {
    const answers = [];
    for (const context of ['failing', 'talking', 'missing', 'unreadable', 'dangling']) {
      const { status, body } = await execute(server.url, tool, { ...args, context });
      expect(status).toBeGreaterThanOrEqual(400);
      answers.push(body, await server.mcp.call(tool, { ...args, context }));
    }
    expectSilent(answers);
  });

  it('is told of by its name, with what became of the plugin', async () => {
    const detail = async (context: string) =>
      (await execute(server.url, 'k8s_get', { resource_type: 'pods', context })).body.detail;
    expect(await detail('failing')).toBe(
      'Context "failing", user "failing": the credential plugin (exec) ended with exit code 7. The log of the server has its output.',
    );
    expect(await detail('talking')).toContain('printed no ExecCredential with a status');
    expect(await detail('missing')).toContain('could not be started (ENOENT)');
    expect(await detail('unreadable')).toContain('tokenFile: cannot read its file (ENOENT)');
    expect(await detail('dangling')).toContain('names "dangling", which is not in "users"');
  });

  it('is explained in the log', () => {
    expect(JSON.stringify(server.log)).toContain(`refused: ${TOKEN}`);
    expect(JSON.stringify(server.log)).toContain('no-such-token');
  });
});

it('keeps what a plugin says that works out of the answers of programs that ask it', async () => {
  const context = 'working';
  const described = await execute(server.url, 'k8s_describe', {
    resource_type: 'namespace',
    name: 'default',
    context,
  });
  expect(described.body.result).toContain('Name:         default');
  const installed = await execute(server.url, 'helm_install', {
    release_name: 'none',
    chart: './cache',
    dry_run: true,
    namespace: 'default',
    context,
  });
  expect(installed.body).toMatchObject({ status: 'success' });
  const refused = await execute(server.url, 'helm_install', {
    release_name: 'none',
    chart: './cache',
    namespace: 'no-such',
    create_namespace: false,
    context,
  });
  expect(refused.body.detail).toContain('"no-such" not found');
  expectSilent([described.body, installed.body, refused.body]);
});

/** Asks for the readiness as somebody might. */
function readyFor(headers: Record<string, string>): Promise<{ status?: number; body: object }> {
  return new Promise((resolve, reject) => {
    request(`${server.url}/health/ready`, { headers }, (response) => {
      const { statusCode: status } = response;
      text(response).then((body) => resolve({ status, body: JSON.parse(body) as object }), reject);
    })
      .on('error', reject)
      .end();
  });
}

describe('/health/ready', () => {
  it('tells those on this machine which contexts answer, without what plugins say or where files are', async () => {
    for (const host of ['localhost', '127.0.0.1:1', '[::1]:8081']) {
      const { status, body } = await readyFor({ host });
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'degraded', contexts: { admin: 'ok' } });
      expect(Object.keys(body)).toEqual(['status', 'contexts', 'missing']);
      expectSilent(body);
    }
  });

  it.each<Record<string, string>>([
    { host: 'skyflo.example.com' },
    { host: 'localhost.example.com' },
    { host: '10.0.0.1:8081' },
    { host: 'localhost', 'x-forwarded-for': '203.0.113.9' },
    { host: 'localhost', forwarded: 'for=203.0.113.9' },
  ])('tells others the state and no more: %j', async (headers) => {
    expect(await readyFor(headers)).toEqual({ status: 200, body: { status: 'degraded' } });
  });
});
