import { VERSION } from '#tools';
import { ICONS } from './server-icon.js';

/** The name and version of this server, as each answer to a 2026 client has them. */
export const SERVER_INFO = { name: 'Skyflo MCP Server', version: VERSION };

/**
 * What clients show of this server to people. Each client gets it once, in the answer to
 * `initialize` or `server/discover`.
 */
export const SERVER_DESCRIPTION = {
  ...SERVER_INFO,
  title: 'Skyflo MCP',
  description: 'Looks into and operates Kubernetes clusters, with Argo Rollouts and Helm.',
  websiteUrl: 'https://skyflo.ai',
  icons: ICONS,
};

/** What there is. Requests for resources and prompts are answered with "Method not found". */
export const CAPABILITIES = { tools: { listChanged: true }, logging: {} };

/** Tasks for clients of MCP 2025-11-25: tool calls may be tasks. */
export const TASKS_CAPABILITY = {
  tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
};
