import { humanAge } from '../text/age.js';
import { isReady, isStarting, type ContainerStatus, type LivePod } from './pod-state.js';

/** Why a pod is not ready. */
export interface PodTrouble {
  pod: string;
  uid: string;
  /** Pods with the same key have the same trouble. */
  key: string;
  text: string;
  /** The call that says more, as `k8s_logs with pod_name "web-0"`. */
  next: string;
}

/** What is wrong with one part of a pod. */
interface Fault {
  key: string;
  text: string;
  /** The container whose logs say more; undefined where logs do not help. */
  logsOf?: string;
  previous?: boolean;
  /** Whether it is the usual way of a pod that has just begun, and no fault unless it lasts. */
  isUsual?: boolean;
}

/** Characters of what the cluster says that are shown. */
const MAX_SAID = 400;

/** The kubelet says one and then the other of a container in the same trouble. */
const SAME_TROUBLE: Record<string, string> = { ErrImagePull: 'ImagePullBackOff' };

/** Why a pod is not ready; undefined for one that is. */
export function podTrouble(pod: LivePod): PodTrouble | undefined {
  if (isReady(pod)) return undefined;
  const all = faultsOf(pod);
  const unusual = all.filter(({ isUsual }) => !isUsual);
  const faults = unusual.length > 0 ? unusual : all.slice(0, 1);
  const { name, namespace, uid } = pod.metadata;
  const withLogs = faults.find(({ logsOf }) => logsOf !== undefined);
  const next = withLogs
    ? `k8s_logs with pod_name "${name}", container_name "${withLogs.logsOf}", ${withLogs.previous ? 'previous true, ' : ''}namespace "${namespace}"`
    : `k8s_describe with resource_type "pod", name "${name}", namespace "${namespace}"`;
  return {
    pod: name,
    uid,
    key: faults.map(({ key }) => key).join('\n'),
    text: faults.map(({ text }) => text).join('; '),
    next,
  };
}

/** A text of the cluster on one line, and not too long. */
export function said(text: string | undefined): string {
  const line = (text ?? '').trim().replace(/\s+/g, ' ');
  return line.length > MAX_SAID ? `${line.slice(0, MAX_SAID)}…` : line;
}

function faultsOf(pod: LivePod): Fault[] {
  const { metadata, spec, status = {} } = pod;
  const { phase = 'Pending', conditions = [] } = status;
  if (metadata.deletionTimestamp !== undefined) {
    return [{ key: 'ending', text: `is ending (${sinceText(metadata.deletionTimestamp)})` }];
  }
  if (phase === 'Failed' || phase === 'Succeeded') {
    const why = [status.reason, said(status.message)].filter(Boolean).join(': ');
    return [{ key: `${phase} ${status.reason}`, text: why === '' ? phase : `${phase}: ${why}` }];
  }
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    const text = `not scheduled: ${said(scheduled.message) || scheduled.reason}`;
    return [{ key: text, text }];
  }
  if (spec.nodeName === undefined) {
    const scheduler = spec.schedulerName ?? 'default-scheduler';
    return [{ key: 'no node', text: `the scheduler "${scheduler}" has not looked at it yet` }];
  }
  const faults = [
    ...(status.initContainerStatuses ?? []).flatMap((one) => initFault(pod, one)),
    ...(status.containerStatuses ?? []).flatMap(containerFault),
  ];
  if (faults.length > 0) return faults;
  const ready = conditions.find(({ type }) => type === 'Ready');
  const why = said(ready?.message) || `its node ${spec.nodeName} has not begun with it`;
  return [{ key: why, text: `not ready: ${why}`, isUsual: true }];
}

function initFault({ spec }: LivePod, status: ContainerStatus): Fault[] {
  const { name, state = {}, started } = status;
  const declared = spec.initContainers?.find((one) => one.name === name);
  // One that is restarted always is a sidecar.
  const isSidecar = declared?.restartPolicy === 'Always';
  const label = `init container ${name}`;
  if (state.running && !isSidecar) {
    const text = `${label} still runs (${sinceText(state.running.startedAt)})`;
    return [{ key: `${label} runs`, text, logsOf: name }];
  }
  if (state.running && started !== false) return [];
  if (state.terminated?.exitCode === 0 && !isSidecar) return [];
  return faultOf(label, status);
}

function containerFault(status: ContainerStatus): Fault[] {
  return status.ready ? [] : faultOf(`container ${status.name}`, status);
}

function faultOf(label: string, status: ContainerStatus): Fault[] {
  const { name, state = {}, started } = status;
  const { waiting, terminated } = state;
  if (waiting) {
    const { reason = 'waiting', message } = waiting;
    if (isStarting(reason)) {
      return [{ key: reason, text: `${label}: ${reason}`, isUsual: true }];
    }
    if (status.lastState?.terminated) {
      const text = `${label}: ${reason}${endText(status)}`;
      return [{ key: `${label} crashes`, text, logsOf: name, previous: true }];
    }
    const detail = message === undefined ? '' : `: ${said(message)}`;
    const key = `${label} ${SAME_TROUBLE[reason] ?? reason}`;
    return [{ key, text: `${label}: ${reason}${detail}` }];
  }
  if (terminated) {
    const text = `${label}: ended with exit code ${terminated.exitCode}${reasonText(terminated.reason)}`;
    return [{ key: `${label} crashes`, text, logsOf: name }];
  }
  if (!state.running)
    return [{ key: `${label} unknown`, text: `${label}: not begun`, isUsual: true }];
  const probe = started === false ? 'startup' : 'readiness';
  const text = `${label}: runs, but its ${probe} probe does not succeed${endText(status)}`;
  return [{ key: `${label} ${probe}`, text, logsOf: name }];
}

/** How often a container was restarted, and how it ended the last time. */
function endText({ restartCount = 0, lastState }: ContainerStatus): string {
  const last = lastState?.terminated;
  if (!last) return '';
  const times = restartCount === 1 ? '1 restart' : `${restartCount} restarts`;
  return `, ${times}, last ended with exit code ${last.exitCode}${reasonText(last.reason)}`;
}

function reasonText(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}

function sinceText(time: string | undefined): string {
  if (time === undefined) return 'since some time';
  return `for ${humanAge(Math.max(0, (Date.now() - Date.parse(time)) / 1_000))}`;
}
