import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { testSandbox } from './sandbox.js';

const run = promisify(execFile);

/** What a context is made of. */
export interface ContextParts {
  cluster: object;
  user: object;
  namespace?: string;
}

/** A kubeconfig file that changes while a server follows it. */
export class ContextFile {
  constructor(readonly path: string) {}

  /** Writes contexts, each with a cluster and a user of its own. The first is the current one. */
  write(contexts: Record<string, ContextParts>): void {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, kubeconfigOf(contexts));
  }

  /** Writes a text that need not be a kubeconfig. */
  writeText(text: string): void {
    writeFileSync(this.path, text);
  }

  /** Changes it as users do: by `kubectl config`. */
  async config(...args: string[]): Promise<void> {
    const env = { ...process.env, ...testSandbox().env };
    await run('kubectl', ['config', '--kubeconfig', this.path, ...args], { env });
  }
}

/** The text of a kubeconfig. */
export function kubeconfigOf(contexts: Record<string, ContextParts>): string {
  const names = Object.keys(contexts);
  const all = Object.entries(contexts);
  return `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: all.map(([name, { cluster }]) => ({ name, cluster })),
    users: all.map(([name, { user }]) => ({ name, user })),
    contexts: all.map(([name, { namespace }]) => ({
      name,
      context: { cluster: name, user: name, namespace },
    })),
    'current-context': names[0],
  })}\n`;
}
