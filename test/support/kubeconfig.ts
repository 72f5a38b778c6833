import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from './kubectl.js';
import { testSandbox } from './sandbox.js';

/** What a kubeconfig holds. */
export interface Kubeconfig {
  clusters: object[];
  users: object[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
  'current-context': string;
}

/** How the sandbox's API server is reached, as its kubeconfig has it. */
export interface SandboxAccess {
  cluster: { server: string; 'certificate-authority-data': string };
  user: { 'client-certificate-data': string; 'client-key-data': string };
}

/**
 * Writes a kubeconfig to a file that goes with the sandbox, and gives its path. JSON is YAML too.
 */
export async function writeKubeconfig(kubeconfig: Kubeconfig): Promise<string> {
  const path = join(testSandbox().folder, `kubeconfig-${randomUUID()}`);
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...kubeconfig });
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

/** Writes a kubeconfig of one context. */
export function writeContext(cluster: object, user: object = {}): Promise<string> {
  return writeKubeconfig({
    clusters: [{ name: 'only', cluster }],
    users: [{ name: 'only', user }],
    contexts: [{ name: 'only', context: { cluster: 'only', user: 'only' } }],
    'current-context': 'only',
  });
}

/** Reads the sandbox's own kubeconfig. */
export async function sandboxAccess(): Promise<SandboxAccess> {
  const text = await kubectl('config', 'view', '--raw', '--minify', '-o', 'json');
  const { clusters, users } = JSON.parse(text) as {
    clusters: Pick<SandboxAccess, 'cluster'>[];
    users: Pick<SandboxAccess, 'user'>[];
  };
  return { ...clusters[0]!, ...users[0]! };
}
