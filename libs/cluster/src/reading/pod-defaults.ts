import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '#base';
import type { Defaults } from './defaults.js';

const HTTP_GET = { path: '/', scheme: 'HTTP' };

const PROBE: Defaults = {
  httpGet: HTTP_GET,
  grpc: { service: '' },
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};

const HOOK: Defaults = { httpGet: HTTP_GET };

const CONTAINER: Defaults = {
  lifecycle: { postStart: HOOK, preStop: HOOK },
  livenessProbe: PROBE,
  ports: [{ protocol: 'TCP' }],
  readinessProbe: PROBE,
  resources: {},
  securityContext: {},
  startupProbe: PROBE,
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

/** The mode 0644. */
const MODE = 420;

const VOLUME: Defaults = {
  configMap: { defaultMode: MODE },
  downwardAPI: { defaultMode: MODE },
  ephemeral: { volumeClaimTemplate: { spec: { volumeMode: 'Filesystem', resources: {} } } },
  hostPath: { type: '' },
  projected: { defaultMode: MODE },
  secret: { defaultMode: MODE },
};

/** Of the spec of a pod, wherever it stands. */
export const POD_SPEC: Defaults = {
  containers: [CONTAINER],
  dnsPolicy: 'ClusterFirst',
  enableServiceLinks: true,
  ephemeralContainers: [CONTAINER],
  initContainers: [CONTAINER],
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
  volumes: [VOLUME],
};

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** How the API server names the volumes that it injects. */
const TOKEN_VOLUME = /^kube-api-access-/;

/** The tolerations that the API server injects. */
const TOLERATIONS = ['not-ready', 'unreachable'].map((key) => ({
  effect: 'NoExecute',
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  tolerationSeconds: 300,
}));

/** Removes from the spec of a pod, or of a template, what follows from its other fields. */
export function dropDerived(spec: Record<string, unknown>): void {
  // An old name of the same field, which the API server keeps equal.
  if (spec['serviceAccount'] === spec['serviceAccountName']) delete spec['serviceAccount'];
  for (const container of containersIn(spec)) {
    const { image, imagePullPolicy: policy } = container;
    if (typeof image === 'string' && policy === pullPolicyOf(image)) {
      delete container['imagePullPolicy'];
    }
  }
}

/** Removes from the spec of a pod that runs what the API server has injected. */
export function dropInjected(spec: Record<string, unknown>): void {
  if (spec['preemptionPolicy'] === 'PreemptLowerPriority') delete spec['preemptionPolicy'];
  if (spec['priority'] === 0 && spec['priorityClassName'] === undefined) delete spec['priority'];
  if (spec['serviceAccountName'] === 'default') delete spec['serviceAccountName'];
  dropItems(spec, 'tolerations', (item) => TOLERATIONS.some((one) => isDeepStrictEqual(one, item)));
  dropItems(spec, 'volumes', ({ name, projected }) => isToken(name) && projected !== undefined);
  for (const container of containersIn(spec)) {
    dropItems(
      container,
      'volumeMounts',
      ({ name, mountPath }) => isToken(name) && mountPath === TOKEN_PATH,
    );
  }
}

function isToken(name: unknown): boolean {
  return typeof name === 'string' && TOKEN_VOLUME.test(name);
}

function containersIn(spec: Record<string, unknown>): Record<string, unknown>[] {
  return ['containers', 'initContainers', 'ephemeralContainers']
    .flatMap((field) => spec[field] ?? [])
    .filter(isRecord);
}

/** How the API server sets it for an image: always for the tag "latest". */
function pullPolicyOf(image: string): string {
  const [name = '', digest] = image.split('@');
  const [, tag = 'latest'] = name.slice(name.lastIndexOf('/') + 1).split(':');
  return digest === undefined && tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function dropItems(
  owner: Record<string, unknown>,
  field: string,
  isInjected: (item: Record<string, unknown>) => boolean,
): void {
  const items = owner[field];
  if (!Array.isArray(items)) return;
  const others = items.filter((item) => !isRecord(item) || !isInjected(item));
  if (others.length === 0) delete owner[field];
  else owner[field] = others;
}
