import type { Cluster, KubernetesObject } from '#cluster';
import { claimFindings } from './claim-findings.js';
import { endpointsText } from './endpoints-text.js';
import { ingressFindings } from './ingress-findings.js';
import { jobFindings } from './job-findings.js';
import { Look } from './look.js';
import { podFindings } from './pod-findings.js';
import { autoscalerFindings } from './scaling-findings.js';
import { podsOf, serviceFindings } from './service-findings.js';
import type { EndpointSlice, Service } from './service-parts.js';

/** What is said of an object beside its description. */
export interface Findings {
  /** What is wrong with it or not there, as sentences. */
  findings: string[];
  /** What kubectl leaves out, as far as there is room. */
  more?: (maxChars: number) => string;
}

type Finder = (look: Look, object: never) => Promise<Findings>;

/** By the kinds that have any. */
const FINDERS: Record<string, Finder> = {
  pods: only(podFindings),
  persistentvolumeclaims: only(claimFindings),
  services: ofService,
  'ingresses.networking.k8s.io': only(ingressFindings),
  'horizontalpodautoscalers.autoscaling': only(autoscalerFindings),
  'jobs.batch': only(jobFindings),
};

/** Whether there may be findings on objects of a kind, so that the object is read whole. */
export function hasFindings(groupResource: string): boolean {
  return Object.hasOwn(FINDERS, groupResource);
}

/** What is wrong with an object, by what is around it. */
export function findingsOn(
  cluster: Cluster,
  groupResource: string,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<Findings> {
  const look = new Look(cluster, signal);
  return FINDERS[groupResource]!(look, object as never);
}

function only(find: (look: Look, object: never) => Promise<string[]>): Finder {
  return async (look, object) => ({ findings: await find(look, object) });
}

async function ofService(look: Look, service: Service): Promise<Findings> {
  const { name, namespace } = service.metadata;
  const labelSelector = `kubernetes.io/service-name=${name}`;
  const [pods, slices] = await Promise.all([
    podsOf(look, service),
    look.list<EndpointSlice>('endpointslices.discovery.k8s.io', { namespace, labelSelector }),
  ]);
  const findings = await serviceFindings(look, service, pods, slices);
  const isExternal = service.spec.type === 'ExternalName';
  if (!slices || isExternal) return { findings };
  return { findings, more: (maxChars) => endpointsText(name, slices, pods ?? [], maxChars) };
}
