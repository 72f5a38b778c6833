import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { startSandbox, type Sandbox } from '#sandbox';
import type { SandboxAccess } from './kubeconfig.js';
import { testSandbox } from './sandbox.js';

const run = promisify(execFile);

/** A real API server, and the real kubectl on it. */
export interface ClusterInUse {
  /** How it is reached by its administrator. */
  readonly access: SandboxAccess;
  readonly kubectl: (...args: string[]) => Promise<string>;
}

/**
 * The sandbox of the spec file, and a second one that starts before its tests and goes after them.
 */
export function useTwoSandboxes(): { readonly first: ClusterInUse; readonly second: ClusterInUse } {
  const clusters: ClusterInUse[] = [];
  let other: Sandbox | undefined;
  beforeAll(async () => {
    const { name, env } = testSandbox();
    other = await startSandbox({ name: `${name}2`, ephemeral: true });
    for (const each of [env, other.env]) clusters.push(await clusterOf(each));
  }, 300_000);
  afterAll(() => other?.stop({ purge: true }));
  return {
    get first() {
      return clusters[0]!;
    },
    get second() {
      return clusters[1]!;
    },
  };
}

async function clusterOf(variables: Readonly<Record<string, string>>): Promise<ClusterInUse> {
  const env = { ...process.env, ...variables };
  const kubectl = async (...args: string[]) => (await run('kubectl', args, { env })).stdout;
  const text = await kubectl('config', 'view', '--raw', '--minify', '-o', 'json');
  const { clusters, users } = JSON.parse(text) as {
    clusters: Pick<SandboxAccess, 'cluster'>[];
    users: Pick<SandboxAccess, 'user'>[];
  };
  return { access: { ...clusters[0]!, ...users[0]! }, kubectl };
}
