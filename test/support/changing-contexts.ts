import { expect } from 'vitest';
import type { ContextParts } from './context-file.js';
import type { McpClient } from './mcp-clients.js';
import { execute, readJson } from './rest.js';
import type { RunningServer } from './server.js';
import type { ClusterInUse } from './two-sandboxes.js';

/** Longer than it takes until a change is noticed. */
export const NOTICED = { timeout: 30_000, interval: 200 };

/** A context of a cluster for a kubeconfig. */
export function partsOf({ access }: ClusterInUse, more: Partial<ContextParts> = {}): ContextParts {
  return { ...access, ...more };
}

/** The address of the API server that a context leads to, or why there is none. */
export async function reachedBy({ url }: RunningServer, context?: string): Promise<unknown> {
  const { body } = await execute(url, 'k8s_cluster_info', { context }, { query: '?data=true' });
  return (body.data as { server: string } | undefined)?.server ?? body.detail;
}

/** Waits until a context leads to a cluster. */
export async function expectReached(
  server: RunningServer,
  context: string | undefined,
  { access }: ClusterInUse,
): Promise<void> {
  await expect.poll(() => reachedBy(server, context), NOTICED).toBe(access.cluster.server);
}

interface Ready {
  status: string;
  contexts: Record<string, string>;
  missing: { reason: string }[];
}

/** What the server says of its contexts to its own machine. */
export async function readiness({ url }: RunningServer): Promise<Ready> {
  return (await readJson(`${url}/health/ready`)).body as unknown as Ready;
}

/** The contexts that the schema of a listed tool has. */
export async function listedContexts(client: McpClient): Promise<string[] | undefined> {
  const tool = (await client.listTools()).find(({ name }) => name === 'k8s_get');
  const { properties } = tool!.inputSchema as {
    properties: Record<string, { enum?: string[] }>;
  };
  return properties['context']?.enum;
}
