import { readFile } from 'node:fs/promises';
import { KubeConfig as WholeKubeConfig } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type * as ClientNode from '../libs/cluster/src/kubeconfig/client-node.js';

const FILE = new URL('../dist/bundle/client-node.js', import.meta.url);

const { KubeConfig } = (await import(FILE.href)) as typeof ClientNode;

function jwt(expiresAt: number): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'none' })}.${encode({ exp: expiresAt })}.c2lnbmF0dXJl`;
}

async function authorizationOf(
  config: Record<string, string>,
  Reader = KubeConfig,
): Promise<unknown> {
  const kubeConfig = new Reader();
  const cluster = { name: 'one', server: 'https://127.0.0.1:6443', skipTLSVerify: true };
  const user = { name: 'alice', authProvider: { name: 'oidc', config } };
  kubeConfig.loadFromClusterAndUser(cluster, user);
  const options: { headers: Record<string, string> } = { headers: {} };
  await kubeConfig.applyToHTTPSOptions(options);
  return options.headers['Authorization'];
}

describe('the part of the Kubernetes client beside the bundle', () => {
  it('is a fraction of the client', async () => {
    expect((await readFile(FILE)).length).toBeLessThan(2_000_000);
  });

  it('sends the token of an auth-provider while it is good', async () => {
    const token = jwt(Date.now() / 1000 + 3600);
    expect(await authorizationOf({ 'id-token': token })).toBe(`Bearer ${token}`);
  });

  it('does with an ended token what the whole client does', async () => {
    const ended = {
      'id-token': jwt(1),
      'client-id': 'skyflo',
      'refresh-token': 'again',
      'idp-issuer-url': 'https://127.0.0.1:1',
    };
    const outcome = (config: typeof KubeConfig) =>
      authorizationOf(ended, config).catch((error: Error) => error.message);
    expect(await outcome(KubeConfig)).toBe(await outcome(WholeKubeConfig));
  });
});
