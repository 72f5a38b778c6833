import { describe, expect, it } from 'vitest';
import { escalationOf, needsObject } from './escalation.js';
import { matchAny } from './glob.js';
import type { RequestFacts } from './request-facts.js';

function factsOf(facts: Partial<RequestFacts>): RequestFacts {
  return {
    context: 'dev',
    verb: 'create',
    group: '',
    resource: 'pods',
    subresource: '',
    namespace: 'shop',
    name: 'web',
    isDryRun: false,
    effect: 'create',
    ...facts,
  };
}

const rbac = 'rbac.authorization.k8s.io';

describe('an escalation by its address', () => {
  it.each<[string, Partial<RequestFacts>, RegExp]>([
    ['a role binding', { group: rbac, resource: 'rolebindings' }, /RBAC/],
    [
      'a deleted cluster role',
      { group: rbac, resource: 'clusterroles', verb: 'delete', effect: 'delete' },
      /RBAC/,
    ],
    ['a namespace', { resource: 'namespaces', namespace: '' }, /Namespace/],
    [
      'labels of a namespace',
      { resource: 'namespaces', verb: 'patch', effect: 'update' },
      /Namespace/,
    ],
    [
      'a finalized namespace',
      { resource: 'namespaces', subresource: 'finalize', verb: 'update', effect: 'update' },
      /Namespace/,
    ],
    ['a cordon', { resource: 'nodes', verb: 'patch', namespace: '', effect: 'update' }, /Node/],
    [
      'a kubelet',
      { resource: 'nodes', subresource: 'proxy', verb: 'get', effect: 'read' },
      /kubelet/,
    ],
    [
      'a CRD',
      { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
      /CustomResource/,
    ],
    ['an APIService', { group: 'apiregistration.k8s.io', resource: 'apiservices' }, /APIService/],
    [
      'a webhook',
      { group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations' },
      /webhooks/,
    ],
    [
      'a policy binding',
      { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicybindings' },
      /admission/,
    ],
    [
      'a CSR',
      { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' },
      /certificate/,
    ],
    [
      'an approval',
      {
        group: 'certificates.k8s.io',
        resource: 'certificatesigningrequests',
        subresource: 'approval',
      },
      /certificate/,
    ],
    ['a TokenRequest', { resource: 'serviceaccounts', subresource: 'token' }, /TokenRequest/],
    [
      'a TokenRequest as a dry run',
      { resource: 'serviceaccounts', subresource: 'token', isDryRun: true },
      /TokenRequest/,
    ],
    [
      'a ConfigMap in kube-system',
      { resource: 'configmaps', namespace: 'kube-system' },
      /kube-system/,
    ],
    [
      'exec in kube-system',
      { subresource: 'exec', namespace: 'kube-system', effect: 'exec' },
      /kube-system/,
    ],
    [
      'an eviction in kube-system',
      { subresource: 'eviction', namespace: 'kube-system', effect: 'delete' },
      /kube-system/,
    ],
    [
      'what the gate calls so',
      { resource: 'widgets', group: 'x.io', effect: 'escalate' },
      /rights/,
    ],
  ])('is %s', (_, facts, why) => {
    expect(escalationOf(factsOf(facts))).toMatch(why);
  });

  it.each<[string, Partial<RequestFacts>]>([
    ['a read of roles', { group: rbac, resource: 'roles', verb: 'get', effect: 'read' }],
    ['a read in kube-system', { namespace: 'kube-system', verb: 'list', effect: 'read' }],
    ['a dry run of a role', { group: rbac, resource: 'roles', isDryRun: true }],
    ['helm template in kube-system', { namespace: 'kube-system', verb: 'get', effect: 'egress' }],
    ['a deployment', { group: 'apps', resource: 'deployments' }],
    ['a custom resource called nodes', { group: 'x.io', resource: 'nodes' }],
    ['exec in a namespace of its own', { subresource: 'exec', effect: 'exec' }],
  ])('is not %s', (_, facts) => {
    expect(escalationOf(factsOf(facts))).toBeUndefined();
  });
});

const container = { name: 'app', image: 'app:1' };
const withContext = (securityContext: object) => ({
  containers: [{ ...container, securityContext }],
});

const ESCALATING_PODS: [string, object, RegExp][] = [
  ['privileged', withContext({ privileged: true }), /container "app" is privileged/],
  [
    'with added capabilities',
    withContext({ capabilities: { add: ['NET_BIND_SERVICE', 'SYS_ADMIN'] } }),
    /SYS_ADMIN/,
  ],
  ['with procMount', withContext({ procMount: 'Unmasked' }), /procMount/],
  ['with host processes', withContext({ windowsOptions: { hostProcess: true } }), /hostProcess/],
  [
    'with host processes throughout',
    { containers: [container], securityContext: { windowsOptions: { hostProcess: true } } },
    /the pod is a process/,
  ],
  ['without seccomp', withContext({ seccompProfile: { type: 'Unconfined' } }), /seccomp/],
  ['without AppArmor', withContext({ appArmorProfile: { type: 'Unconfined' } }), /appArmor/],
  ['with a SELinux type', withContext({ seLinuxOptions: { type: 'spc_t' } }), /seLinux/],
  [
    'with a sysctl',
    {
      containers: [container],
      securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] },
    },
    /kernel.msgmax/,
  ],
  [
    'with a host path',
    { containers: [container], volumes: [{ name: 'root', hostPath: { path: '/' } }] },
    /hostPath, volume "root"/,
  ],
  ['with hostNetwork', { containers: [container], hostNetwork: true }, /hostNetwork/],
  ['with hostPID', { containers: [container], hostPID: true }, /hostPID/],
  ['with hostIPC', { containers: [container], hostIPC: true }, /hostIPC/],
  [
    'with a port of the node',
    { containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 80 }] }] },
    /hostPort 80/,
  ],
  [
    'with an init container',
    {
      containers: [container],
      initContainers: [{ name: 'init', securityContext: { privileged: true } }],
    },
    /container "init"/,
  ],
  [
    'with an ephemeral container',
    {
      containers: [container],
      ephemeralContainers: [{ name: 'debug', securityContext: { privileged: true } }],
    },
    /container "debug"/,
  ],
  [
    'with a service account',
    { containers: [container], serviceAccountName: 'deployer' },
    /shop\/deployer/,
  ],
  [
    'with a service account by its old name',
    { containers: [container], serviceAccount: 'deployer' },
    /shop\/deployer/,
  ],
];

const PLACES: [string, string, (spec: object) => object][] = [
  ['', 'pods', (spec) => ({ spec })],
  ['', 'podtemplates', (spec) => ({ template: { spec } })],
  ['', 'replicationcontrollers', (spec) => ({ spec: { template: { spec } } })],
  ['apps', 'deployments', (spec) => ({ spec: { template: { spec } } })],
  ['apps', 'controllerrevisions', (spec) => ({ data: { spec: { template: { spec } } } })],
  ['batch', 'cronjobs', (spec) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } })],
  ['argoproj.io', 'rollouts', (spec) => ({ spec: { template: { spec } } })],
  ['argoproj.io', 'experiments', (spec) => ({ spec: { templates: [{ template: { spec } }] } })],
  [
    'argoproj.io',
    'analysistemplates',
    (spec) => ({ spec: { metrics: [{ provider: { job: { spec: { template: { spec } } } } }] } }),
  ],
];

describe('an escalation by a pod', () => {
  it.each(ESCALATING_PODS)('is one %s', (_, spec, why) => {
    expect(escalationOf(factsOf({}), { spec })).toMatch(why);
  });

  it.each(PLACES)('is found in %s %s', (group, resource, place) => {
    const [, spec, why] = ESCALATING_PODS[0]!;
    const facts = factsOf({ group, resource, verb: 'patch', effect: 'update' });
    expect(needsObject(facts)).toBe(true);
    expect(escalationOf(facts, place(spec))).toMatch(why);
  });

  it.each([
    ['plain', {}],
    [
      'that may bind low ports',
      withContext({ capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } }),
    ],
    [
      'that allows privilege escalation, as all do by default',
      withContext({ allowPrivilegeEscalation: true }),
    ],
    [
      'with the usual service account',
      { serviceAccountName: 'default', serviceAccount: 'default' },
    ],
    [
      'with a safe sysctl',
      { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } },
    ],
    [
      'with empty fields',
      { hostNetwork: false, serviceAccountName: '', volumes: null, securityContext: null },
    ],
    ['with a listed service account', { serviceAccountName: 'web' }],
  ])('is not one %s', (_, fields) => {
    const spec = { containers: [container], ...fields };
    expect(escalationOf(factsOf({}), { spec }, matchAny(['shop/w*']))).toBeUndefined();
  });

  it('is found by the namespace that the object itself has', () => {
    const object = {
      metadata: { namespace: 'other' },
      spec: { containers: [container], serviceAccountName: 'web' },
    };
    expect(escalationOf(factsOf({ namespace: '' }), object, matchAny(['shop/web']))).toMatch(
      /other\/web/,
    );
  });

  it('survives an object of a hundred thousand entries', () => {
    const spec = { containers: [container], x: Array.from({ length: 200_000 }, () => ({})) };
    expect(escalationOf(factsOf({}), { spec })).toBeUndefined();
  });
});

describe('an escalation by another object', () => {
  it.each<[string, Partial<RequestFacts>, object, RegExp]>([
    [
      'a token in a Secret',
      { resource: 'secrets' },
      { type: 'kubernetes.io/service-account-token' },
      /token/,
    ],
    [
      'a volume of a folder',
      { resource: 'persistentvolumes', namespace: '' },
      { spec: { hostPath: { path: '/' } } },
      /hostPath/,
    ],
    [
      'a volume of a disk',
      { resource: 'persistentvolumes', namespace: '' },
      { spec: { local: { path: '/mnt' } } },
      /local/,
    ],
    [
      'a volume with a Secret',
      { resource: 'persistentvolumes' },
      { spec: { csi: { nodeStageSecretRef: { name: 'a', namespace: 'b' } } } },
      /nodeStageSecretRef/,
    ],
    [
      'an account of a cloud',
      { resource: 'serviceaccounts' },
      { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'x' } } },
      /role-arn/,
    ],
  ])('is %s', (_, facts, object, why) => {
    const request = factsOf(facts);
    expect(needsObject(request)).toBe(true);
    expect(escalationOf(request, object)).toMatch(why);
  });

  it.each<[string, Partial<RequestFacts>, object]>([
    ['a plain Secret', { resource: 'secrets' }, { type: 'Opaque' }],
    ['a volume of a driver', { resource: 'persistentvolumes' }, { spec: { csi: { driver: 'x' } } }],
    ['a plain service account', { resource: 'serviceaccounts' }, { metadata: { annotations: {} } }],
  ])('is not %s', (_, facts, object) => {
    expect(escalationOf(factsOf(facts), object)).toBeUndefined();
  });
});

describe(needsObject.name, () => {
  it.each<[Partial<RequestFacts>, boolean]>([
    [{ subresource: 'ephemeralcontainers', verb: 'patch', effect: 'update' }, true],
    [{ group: 'apps', resource: 'deployments', subresource: 'scale', effect: 'update' }, false],
    [{ subresource: 'exec', effect: 'exec' }, false],
    [{ resource: 'configmaps' }, false],
    [{ verb: 'delete', effect: 'delete' }, false],
    [{ isDryRun: true }, false],
    [{ verb: 'get', effect: 'read' }, false],
  ])('%j: %s', (facts, expected) => {
    expect(needsObject(factsOf(facts))).toBe(expected);
  });
});
