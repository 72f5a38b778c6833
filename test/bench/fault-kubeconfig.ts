import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Sandbox } from '#sandbox';
import type { SandboxAccess } from '../support/kubeconfig.js';

/** How the sandbox's API server is reached. */
export function sandboxAccess({ kubeconfig }: Sandbox): SandboxAccess {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: Pick<SandboxAccess, 'cluster'>[];
    users: Pick<SandboxAccess, 'user'>[];
  };
  return { ...clusters[0]!, ...users[0]! };
}

/**
 * Writes a kubeconfig of two contexts: `sandbox`, the current one, and another one.
 * @param name the other context
 * @param server the address that it leads to, without credentials
 * @returns the path of the file, which goes with the sandbox
 */
export function writeContextBeside(sandbox: Sandbox, name: string, server: string): string {
  const access = sandboxAccess(sandbox);
  const names = ['sandbox', name];
  const path = join(sandbox.stateDir, `kubeconfig-faults-${randomUUID()}`);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'sandbox', cluster: access.cluster },
      { name, cluster: { server } },
    ],
    users: [
      { name: 'sandbox', user: access.user },
      { name, user: {} },
    ],
    contexts: names.map((each) => ({ name: each, context: { cluster: each, user: each } })),
    'current-context': 'sandbox',
  };
  writeFileSync(path, JSON.stringify(kubeconfig), { mode: 0o600 });
  return path;
}
