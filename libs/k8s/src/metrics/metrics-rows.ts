import { compareTexts } from '#base';
import { mebibytes, milliCpu } from './quantity.js';

/** CPU and memory as quantities of the Kubernetes API. */
export interface Usage {
  cpu: string;
  memory: string;
}

/** The fields that are read of a PodMetrics (metrics.k8s.io/v1beta1). */
export interface PodMetrics {
  metadata: { name: string; namespace: string };
  containers: { name: string; usage: Usage }[];
}

/** The fields that are read of a NodeMetrics (metrics.k8s.io/v1beta1). */
export interface NodeMetrics {
  metadata: { name: string };
  usage: Usage;
}

/** CPU in thousandths of a core, memory in mebibytes. */
interface Measured {
  cpu: number;
  memory: number;
}

interface PodRow extends Measured {
  namespace: string;
  pod: string;
  container?: string;
}

interface NodeRow extends Measured {
  node: string;
  cpuPercent: number;
  memoryPercent: number;
}

/** The usage of a pod: one row, or one for each container. */
export function podRows(
  { metadata: { name: pod, namespace }, containers }: PodMetrics,
  isByContainer: boolean,
): PodRow[] {
  const rows = containers.map(({ name, usage }) => ({ container: name, ...measured(usage) }));
  if (isByContainer) return rows.map((row) => ({ namespace, pod, ...row }));
  const cpu = rows.reduce((sum, row) => sum + row.cpu, 0);
  const memory = rows.reduce((sum, row) => sum + row.memory, 0);
  return [{ namespace, pod, cpu, memory }];
}

/** The use of a node; percentages are of what pods can have, 0 where that is not known. */
export function nodeRow(
  { metadata, usage }: NodeMetrics,
  allocatable: Usage = { cpu: '0', memory: '0' },
): NodeRow {
  const { cpu, memory } = measured(usage);
  const most = measured(allocatable);
  const percent = (used: number, of: number) => (of > 0 ? Math.floor((used / of) * 100) : 0);
  return {
    node: metadata.name,
    cpu,
    cpuPercent: percent(cpu, most.cpu),
    memory,
    memoryPercent: percent(memory, most.memory),
  };
}

/** The text by which rows of pods are sorted: namespace, pod and container. */
export function sortKey({ namespace, pod, container = '' }: PodRow): string {
  return [namespace, pod, container].join('/');
}

/** Sorts rows by usage, the greatest first, then by name. */
export function sortedByUse<T extends Measured>(
  rows: readonly T[],
  by: 'cpu' | 'memory' | undefined,
  nameOf: (row: T) => string,
): T[] {
  // Makes each name once instead of for each comparison.
  const named = rows.map((row) => ({ row, name: nameOf(row) }));
  named.sort((a, b) => (by ? b.row[by] - a.row[by] : 0) || compareTexts(a.name, b.name));
  return named.map(({ row }) => row);
}

function measured({ cpu, memory }: Usage): Measured {
  return { cpu: milliCpu(cpu), memory: mebibytes(memory) };
}
