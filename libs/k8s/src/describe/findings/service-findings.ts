import { compareTexts } from '#base';
import { isFinished, isReady, selectorText, stateOf } from '#cluster';
import { firstOf, type Look, type Metadata } from './look.js';
import type {
  ContainerPort,
  EndpointSlice,
  ServedPod,
  Service,
  ServicePort,
} from './service-parts.js';

/** Why a Service has no endpoints, or not for each port. */
export async function serviceFindings(
  look: Look,
  { metadata: { namespace }, spec }: Service,
  pods: readonly ServedPod[] | undefined,
  slices: readonly EndpointSlice[] | undefined,
): Promise<string[]> {
  if (spec.type === 'ExternalName') return [];
  const labels = Object.entries(spec.selector ?? {});
  if (labels.length === 0) {
    const isEmpty = slices?.every(({ endpoints }) => (endpoints ?? []).length === 0);
    return isEmpty ? ['It has no selector, and nobody has made endpoints for it.'] : [];
  }
  if (!pods) return [];
  if (pods.length === 0) {
    const selector = labels.map(([key, value]) => `${key}=${value}`).join(',');
    return [
      `Its selector ${selector} matches no pod in namespace ${namespace}.`,
      ...(await unknownLabels(look, namespace, labels)),
    ];
  }
  const running = pods.filter((pod) => !isFinished(pod));
  const isNoneReady = !running.some(isReady);
  const states = pods.map((pod) => `${pod.metadata.name} is ${stateOf(pod)}`);
  return [
    ...(isNoneReady ? [`None of its ${pods.length} pods is ready: ${firstOf(states)}.`] : []),
    ...(spec.ports ?? []).flatMap((port) => unknownPort(port, pods)),
  ];
}

/** The pods that a Service selects. */
export function podsOf(look: Look, { metadata, spec }: Service): Promise<ServedPod[] | undefined> {
  const labelSelector = selectorText({ matchLabels: spec.selector ?? {} });
  if (labelSelector === '') return Promise.resolve([]);
  return look.list<ServedPod>('pods', { namespace: metadata.namespace, labelSelector });
}

async function unknownLabels(
  look: Look,
  namespace: string,
  labels: readonly [string, string][],
): Promise<string[]> {
  const findings = labels.map(async ([key, value]) => {
    const pods = await look.list<{ metadata: Metadata }>('pods', { namespace, labelSelector: key });
    const values = new Set((pods ?? []).flatMap(({ metadata }) => metadata.labels?.[key] ?? []));
    if (!pods || values.has(value)) return [];
    const there = [...values].toSorted(compareTexts).map((one) => `${key}=${one}`);
    const have = there.length > 0 ? `; pods have ${firstOf(there)}` : '';
    return [`No pod has ${key}=${value}${have}.`];
  });
  return (await Promise.all(findings)).flat();
}

function unknownPort({ port, targetPort }: ServicePort, pods: readonly ServedPod[]): string[] {
  if (typeof targetPort !== 'string') return [];
  const ports = pods.flatMap(portsOf);
  if (ports.some(({ name }) => name === targetPort)) return [];
  const there = new Set(ports.map(({ name, containerPort }) => name ?? `${containerPort}`));
  const have = there.size > 0 ? `; they have ${firstOf([...there])}` : '; they name no ports';
  return [`Port ${port} goes to "${targetPort}", a port that no container of its pods has${have}.`];
}

function portsOf({ spec }: ServedPod): ContainerPort[] {
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap((one) => one.ports ?? []);
}
