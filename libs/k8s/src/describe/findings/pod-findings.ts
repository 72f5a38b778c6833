import { containerStatuses, isStarting, type LivePod } from '#cluster';
import { claimFindings, type Claim } from './claim-findings.js';
import type { Look } from './look.js';
import { nodeFindings, type Placement } from './node-fit.js';
import { referencesOf, type PodReferences } from './pod-references.js';

/** Characters of what a kubelet says. */
const MAX_SAID = 300;

type DescribedPod = LivePod & { spec: LivePod['spec'] & Placement & PodReferences };

/** Why a pod does not run: its node, its claims, what it refers to, its containers. */
export async function podFindings(look: Look, pod: DescribedPod): Promise<string[]> {
  const findings = containerFindings(pod);
  if ((pod.status?.phase ?? 'Pending') !== 'Pending') return findings;
  const isScheduled = pod.spec.nodeName !== undefined;
  const [claims, nodes, missing] = await Promise.all([
    claimsOf(look, pod),
    isScheduled ? [] : nodeFindings(look, pod.spec),
    missingOf(look, pod),
  ]);
  return [...claims, ...nodes, ...missing, ...findings];
}

async function claimsOf(look: Look, { metadata, spec }: DescribedPod): Promise<string[]> {
  const names = (spec.volumes ?? []).flatMap((volume) => {
    if (volume.ephemeral) return [`${metadata.name}-${volume.name}`];
    return volume.persistentVolumeClaim ? [volume.persistentVolumeClaim.claimName] : [];
  });
  const findings = [...new Set(names)].map(async (name) => {
    const claim = await look.get<Claim>('persistentvolumeclaims', metadata.namespace, name);
    if (claim === 'missing') return [`Claim "${name}" of the pod does not exist.`];
    return claim ? claimFindings(look, claim) : [];
  });
  return (await Promise.all(findings)).flat();
}

async function missingOf(look: Look, { metadata, spec }: DescribedPod): Promise<string[]> {
  const missing = referencesOf(spec).map(async ({ kind, name, by }) => {
    const isMissing = await look.isMissing(`${kind.toLowerCase()}s`, metadata.namespace, name);
    return isMissing ? [`${kind} "${name}" does not exist (${by}).`] : [];
  });
  return (await Promise.all(missing)).flat();
}

function containerFindings(pod: DescribedPod): string[] {
  const secrets = pod.spec.imagePullSecrets?.length;
  return containerStatuses(pod).flatMap(({ name, image, state, lastState, restartCount = 0 }) => {
    const { reason, message = '' } = state?.waiting ?? {};
    if (reason === undefined || isStarting(reason)) return [];
    const said = message === '' ? '' : `: ${message.slice(0, MAX_SAID)}`;
    if (/image/i.test(reason)) {
      const login = secrets ? '' : ' The pod has no imagePullSecrets.';
      return [`Container ${name} cannot get its image ${image} (${reason})${said}.${login}`];
    }
    const ended = lastState?.terminated;
    if (reason !== 'CrashLoopBackOff' || !ended)
      return [`Container ${name} waits: ${reason}${said}.`];
    const why = ended.reason === undefined ? '' : ` (${ended.reason})`;
    return [
      `Container ${name} ended with exit code ${ended.exitCode}${why}, and was started again ${restartCount} times. k8s_logs with previous shows its last words.`,
    ];
  });
}
