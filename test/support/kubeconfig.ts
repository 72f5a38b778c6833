import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import './sandbox-env.js';

/** What a kubeconfig holds. */
export interface Kubeconfig {
  clusters: object[];
  users: object[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
  'current-context': string;
}

/** Writes a kubeconfig to a file that goes with the sandbox, and gives its path. JSON is YAML too. */
export async function writeKubeconfig(kubeconfig: Kubeconfig): Promise<string> {
  const path = join(inject('sandboxFolder'), `kubeconfig-${randomUUID()}`);
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...kubeconfig });
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
