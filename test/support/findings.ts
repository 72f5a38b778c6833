import type { ServerInUse } from './use-server.js';

/** What k8s_describe finds on an object, and what stands below that. */
export async function describedBy(server: ServerInUse, resource_type: string, name: string) {
  const text = await server.textOf('k8s_describe', { resource_type, name });
  const [, list = '', rest = text] = /^Findings:\n((?:- .*\n)*)\n([^]*)$/.exec(text) ?? [];
  const findings = list
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(2));
  return { findings, rest };
}
