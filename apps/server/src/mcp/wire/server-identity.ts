import type { ToolRegistry } from '#tools';
import { VERSION } from '#tools';

/** The name and version of this server. */
export const SERVER_INFO = { name: 'Skyflo MCP Server', version: VERSION };

/**
 * The tools do not change while the server runs, so there is no `listChanged`. There are no
 * resources and prompts, but clients may list them.
 */
export const CAPABILITIES = { tools: {}, resources: {}, prompts: {}, logging: {} };

/** Tasks for clients of MCP 2025-11-25: tool calls may be tasks. */
export const TASKS_CAPABILITY = {
  tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
};

/** The instructions for a model: what the tools are for, and how to use them. */
export function instructionsFor(registry: ToolRegistry): string {
  const categories = registry
    .categories()
    .map(({ name, description }) => `${name} (${description})`);
  return [
    `Tools to look into and operate Kubernetes clusters: ${categories.join(', ')}.`,
    'Read the current state before you change it, and check the effect afterwards.',
    'A failed call says what to do next.',
  ].join(' ');
}
