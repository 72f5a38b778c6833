import { alignLines, isReady, stateOf } from '#cluster';
import type { EndpointSlice, ServedPod } from './service-parts.js';

/** Characters that an endpoint takes at least. */
const MIN_ROW_CHARS = 20;

/** Characters of what is said of those that there is no room for. */
const NEXT_CHARS = 150;

const HEADER = ['ADDRESS', 'PORTS', 'READY', 'POD', 'NODE'];

/**
 * Every endpoint of a Service with its pod and whether it is ready.
 * @param maxChars room for them
 */
export function endpointsText(
  service: string,
  slices: readonly EndpointSlice[],
  pods: readonly ServedPod[],
  maxChars: number,
): string {
  const byName = new Map(pods.map((pod) => [pod.metadata.name, pod]));
  const rows = slices.flatMap((slice) => rowsOf(slice, byName));
  const withAddress = new Set(rows.map((row) => row[3]));
  const others = pods.filter(({ metadata }) => !withAddress.has(metadata.name));
  rows.push(...others.map((pod) => ['-', '-', readyText(false, pod), pod.metadata.name, '-']));
  if (rows.length === 0) return 'All endpoints: none';
  const ready = rows.filter((row) => row[2] === 'yes').length;
  const head = `All endpoints (${rows.length}, ${ready} ready):`;
  const most = Math.max(0, Math.ceil(maxChars / MIN_ROW_CHARS));
  const lines = alignLines([HEADER, ...rows.slice(0, most)]).map((line) => `  ${line.trimEnd()}`);
  let left = maxChars - head.length;
  const end = lines.findIndex((line) => (left -= line.length + 1) < NEXT_CHARS);
  if (end < 0) return [head, ...lines].join('\n');
  const shown = lines.slice(0, Math.max(1, end));
  const next = `k8s_get endpointslices with label_selector kubernetes.io/service-name=${service}`;
  return [head, ...shown, `  [${rows.length + 1 - shown.length} more: ${next}]`].join('\n');
}

function rowsOf(
  { endpoints, ports }: EndpointSlice,
  pods: ReadonlyMap<string, ServedPod>,
): string[][] {
  const portsText = (ports ?? [])
    .map(({ name, port, protocol = 'TCP' }) => `${name ? `${name} ` : ''}${port}/${protocol}`)
    .join(',');
  return (endpoints ?? []).map(({ addresses, conditions, targetRef, nodeName = '-' }) => {
    const { ready = true, terminating } = conditions ?? {};
    const state = terminating ? 'terminating' : readyText(ready, pods.get(targetRef?.name ?? ''));
    return [addresses.join(','), portsText || '-', state, targetRef?.name ?? '-', nodeName];
  });
}

function readyText(isServed: boolean, pod: ServedPod | undefined): string {
  if (isServed) return 'yes';
  return pod && !isReady(pod) ? `no: ${stateOf(pod)}` : 'no';
}
