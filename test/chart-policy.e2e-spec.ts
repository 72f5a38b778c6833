import { beforeAll, describe, expect, it } from 'vitest';
import { PolicyEngine } from '../libs/access/src/policy/policy.engine.js';
import { readyPolicy, type ReadyPolicy } from '../libs/access/src/policy/ready-policies.js';
import type { Effect } from '#tools';
import { kubectl } from './support/kubectl.js';
import { render, type Rendered } from './support/skyflo-chart.js';

/** A resource that the API server has, or a subresource, as RBAC writes it. */
interface Resource {
  group: string;
  name: string;
  namespaced: boolean;
  verbs: string[];
}

const EFFECT_OF: Record<string, Effect> = {
  get: 'read',
  list: 'read',
  watch: 'read',
  create: 'create',
  update: 'update',
  patch: 'update',
  delete: 'delete',
  deletecollection: 'delete',
};

/** Subresources through which something runs in a pod, whatever the verb. */
const EXEC = /^(pods\/(exec|attach|portforward|proxy)|services\/proxy)$/;

interface Listed {
  groupVersion: string;
  resources: { name: string; namespaced: boolean; verbs: string[] }[];
}

async function discover(): Promise<Resource[]> {
  const raw = async <T>(path: string) => JSON.parse(await kubectl('get', '--raw', path)) as T;
  const { groups } = await raw<{ groups: { preferredVersion: { groupVersion: string } }[] }>(
    '/apis',
  );
  const paths = groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`);
  const lists = await Promise.all(['/api/v1', ...paths].map((path) => raw<Listed>(path)));
  return lists.flatMap(({ groupVersion, resources }) => {
    const [group = ''] = groupVersion.includes('/') ? groupVersion.split('/') : [];
    return resources.map((resource) => ({ ...resource, group }));
  });
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  /** Whether it is bound in namespaces, where it counts for nothing outside of them. */
  isBound?: boolean;
}

function allowsByRules(rules: Rule[], { group, name, namespaced }: Resource, verb: string) {
  return rules.some(
    ({ apiGroups, resources, verbs, isBound = false }) =>
      (namespaced || !isBound) &&
      apiGroups.includes(group) &&
      (resources.includes('*') || resources.includes(name)) &&
      verbs.includes(verb),
  );
}

function allowsByPolicy(size: ReadyPolicy, resource: Resource, verb: string): boolean {
  const [name = '', subresource = ''] = resource.name.split('/');
  const effect = EXEC.test(resource.name) ? 'exec' : EFFECT_OF[verb]!;
  const engine = new PolicyEngine(readyPolicy(size));
  const principal = { id: 'ann', name: 'Ann', groups: [] };
  const tool = { name: 'any', category: 'k8s', effects: [effect] };
  const request = {
    context: 'any',
    verb,
    group: resource.group,
    resource: name,
    subresource,
    namespace: resource.namespaced ? 'shop' : '',
    name: 'some',
    isNamespaced: resource.namespaced,
    isDryRun: false,
    effect,
  };
  return engine.decideRequest(principal, tool, request).allowed;
}

type Size = 'read-only' | 'operator';

/** What the policy allows in namespaces and the size does not, as docs/install.md says. */
const LESS: Record<Size, RegExp> = {
  'read-only': /^\/secrets$/,
  operator:
    /^(\/bindings|\/pods\/binding|\/\w+\/status|storage\.k8s\.io\/csistoragecapacities|authorization\.k8s\.io\/localsubjectaccessreviews)$/,
};

/** The custom resources of the sandbox. */
const customResourceGroups = ['demo.skyflo.ai', 'kwok.x-k8s.io'];

let resources: Resource[];
let rules: Record<Size, Rule[]>;
let operatorReads: Rule[];
beforeAll(async () => {
  resources = await discover();
  const rulesOf = (objects: Rendered[], name: string) =>
    objects.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name)!.rules!;
  const reader = await render({ rbac: { size: 'read-only', customResourceGroups } });
  const operator = await render({
    rbac: { size: 'operator', namespaces: ['shop'], customResourceGroups },
  });
  const reads = rulesOf(reader, 'skyflo:skyflo-mcp');
  operatorReads = rulesOf(operator, 'skyflo:skyflo-mcp');
  const writes = rulesOf(operator, 'skyflo:skyflo-mcp-operator');
  rules = {
    'read-only': reads,
    operator: [...reads, ...writes.map((rule) => ({ ...rule, isBound: true }))],
  };
});

const asked = () =>
  resources.flatMap((resource) =>
    resource.verbs.filter((verb) => verb in EFFECT_OF).map((verb) => ({ resource, verb })),
  );

const nameOf = ({ group, name }: Resource) => `${group}/${name}`;

it('an operator reads what read-only reads', () => {
  expect(operatorReads).toEqual(rules['read-only']);
});

const READS = new Set(['get', 'list', 'watch']);

describe.each(['read-only', 'operator'] as const)('the rights of %s', (size) => {
  it('are within the ready policy of that name', () => {
    const beyond = asked().filter(
      ({ resource, verb }) =>
        allowsByRules(rules[size], resource, verb) && !allowsByPolicy(size, resource, verb),
    );
    expect(beyond.map(({ resource, verb }) => `${verb} ${nameOf(resource)}`)).toEqual([]);
  });

  it('are all that the policy allows, but for what is documented', () => {
    const lacking = asked().filter(
      ({ resource, verb }) =>
        allowsByPolicy(size, resource, verb) && !allowsByRules(rules[size], resource, verb),
    );
    const inNamespaces = lacking.filter(
      ({ resource, verb }) => resource.namespaced || READS.has(verb),
    );
    const names = new Set(inNamespaces.map(({ resource }) => nameOf(resource)));
    expect(asked().length).toBeGreaterThan(300);
    expect([...names].filter((name) => !LESS[size].test(name))).toEqual([]);
  });
});
