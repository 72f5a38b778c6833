import { containerStatuses, stateOf, type LivePod } from '#cluster';
import { firstOf, type Look, type Metadata } from './look.js';

/** What is read of a Job. */
export interface Job {
  metadata: Metadata & { namespace: string };
  spec: { suspend?: boolean; backoffLimit?: number };
  status?: { failed?: number; succeeded?: number };
}

/** Which pods of a Job have failed and how, and what else keeps it from being done. */
export async function jobFindings(look: Look, { metadata, spec, status }: Job): Promise<string[]> {
  const findings = spec.suspend
    ? ['It is suspended: no pod is started until spec.suspend is false.']
    : [];
  const labelSelector = `batch.kubernetes.io/job-name=${metadata.name}`;
  const { namespace } = metadata;
  const pods = (await look.list<LivePod>('pods', { namespace, labelSelector })) ?? [];
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed');
  const count = Math.max(failed.length, status?.failed ?? 0);
  if (count > 0) {
    const gone = count > failed.length ? ` ${count - failed.length} of them are gone.` : '';
    const logs = failed.length > 0 ? ' k8s_logs shows why.' : '';
    const each = failed.length > 0 ? `: ${firstOf(failed.map(endText))}` : '';
    const limit = `backoffLimit is ${spec.backoffLimit ?? 6}`;
    findings.push(`${count} of its pods failed (${limit})${each}.${gone}${logs}`);
  }
  const waiting = pods.filter((pod) => pod.status?.phase === 'Pending');
  if (waiting.length > 0) {
    const states = waiting.map((pod) => `${pod.metadata.name} is ${stateOf(pod)}`);
    findings.push(`${waiting.length} of its pods wait: ${firstOf(states)}.`);
  }
  return findings;
}

function endText(pod: LivePod): string {
  const ends = containerStatuses(pod).flatMap(({ name, state }) => {
    const { exitCode, reason } = state?.terminated ?? {};
    if (!exitCode) return [];
    return [`${name} ended with exit code ${exitCode}${reason ? `, ${reason}` : ''}`];
  });
  return `${pod.metadata.name} (${ends.join('; ') || 'no exit code'})`;
}
