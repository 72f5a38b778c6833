import type { ServerInUse } from './use-server.js';

/** What specs of findings share: objects of their namespace, and what k8s_describe says of them. */
export function findingsIn(server: ServerInUse, namespace: string) {
  const described = async (resource_type: string, name: string) => {
    const text = await server.textOf('k8s_describe', { resource_type, name });
    const [, list = '', rest = text] = /^Findings:\n((?:- .*\n)*)\n([^]*)$/.exec(text) ?? [];
    const findings = list
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(2));
    return { findings, rest };
  };
  const at = (name: string, labels: object = {}) => ({ name, namespace, labels });
  return {
    /** The findings on an object, and what stands below them. */
    described,
    findingsOn: async (kind: string, name: string) => (await described(kind, name)).findings,
    /** The metadata of an object. */
    at,
    pod: (name: string, spec: object = {}, labels: object = {}) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: at(name, labels),
      spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec },
    }),
  };
}
