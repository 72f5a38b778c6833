import type { Look, Metadata } from './look.js';

/** What is read of a HorizontalPodAutoscaler (autoscaling/v2). */
export interface Autoscaler {
  metadata: Metadata & { namespace: string };
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    metrics?: { type: string; resource?: { name: string; target?: { type?: string } } }[];
  };
  status?: { conditions?: { type: string; status: string; reason?: string; message?: string }[] };
}

interface Target {
  spec?: {
    template?: {
      spec?: {
        containers?: { name: string; resources?: { requests?: Record<string, unknown> } }[];
      };
    };
  };
}

/** Why an autoscaler does not scale: its target, its metrics, the requests that it measures by. */
export async function autoscalerFindings(look: Look, scaler: Autoscaler): Promise<string[]> {
  const { metadata, spec, status } = scaler;
  const { apiVersion = '', kind, name } = spec.scaleTargetRef;
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  const target = await look.get<Target>(`${kind.toLowerCase()}${group}`, metadata.namespace, name);
  if (target === 'missing') return [`It scales ${kind} "${name}", which does not exist.`];
  const findings = requestFindings(scaler, target);
  const active = status?.conditions?.find(({ type }) => type === 'ScalingActive');
  if (active?.status === 'False') {
    const { reason = 'no reason', message = '' } = active;
    findings.push(`It does not scale (${reason}): ${message || 'its controller says no more'}.`);
  }
  return findings;
}

function requestFindings({ spec }: Autoscaler, target: Target | undefined): string[] {
  const containers = target?.spec?.template?.spec?.containers ?? [];
  return (spec.metrics ?? []).flatMap(({ resource }) => {
    if (resource?.target?.type !== 'Utilization') return [];
    const without = containers.filter((one) => !(resource.name in (one.resources?.requests ?? {})));
    if (without.length === 0) return [];
    const names = without.map(({ name }) => name).join(', ');
    return [
      `It measures ${resource.name} as a share of the request, which container ${names} does not set.`,
    ];
  });
}
