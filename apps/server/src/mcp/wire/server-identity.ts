import type { ToolRegistry } from '#tools';
import { VERSION } from '#tools';

/** Who this server says it is. */
export const SERVER_INFO = { name: 'Skyflo MCP Server', version: VERSION };

/**
 * The set of tools is fixed while the server runs, so there is no `listChanged`. There are no
 * resources and prompts, but clients of every era may list them.
 */
export const CAPABILITIES = { tools: {}, resources: {}, prompts: {}, logging: {} };

/** Tasks, for clients of MCP 2025-11-25: calls of tools may be some. */
export const TASKS_CAPABILITY = {
  tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
};

/** For the model, once a connection: what the tools are about and how to go about it. */
export function instructionsFor(registry: ToolRegistry): string {
  const categories = registry
    .categories()
    .map(({ name, description }) => `${name} (${description})`);
  return [
    `Tools to look into and operate Kubernetes clusters: ${categories.join(', ')}.`,
    'Look at the present state before changing it, and check the effect afterwards.',
    'A failed call says what to do next.',
  ].join(' ');
}
