import { compareTexts } from '#base';
import { firstOf, type Look, type Metadata } from './look.js';

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

interface Term {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

/** What is read of a pod's spec to say where it may run. */
export interface Placement {
  nodeSelector?: Record<string, string>;
  affinity?: {
    nodeAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: Term[] };
    };
  };
  tolerations?: { key?: string; operator?: string; value?: string; effect?: string }[];
}

interface Taint {
  key: string;
  value?: string;
  effect: string;
}

interface Node {
  metadata: Metadata;
  spec?: { taints?: Taint[] };
}

/** Which labels that a pod wants no node has, and which taints keep it off those that have them. */
export async function nodeFindings(look: Look, pod: Placement): Promise<string[]> {
  const nodes = await look.list<Node>('nodes');
  if (!nodes) return [];
  if (nodes.length === 0) return ['The cluster has no node.'];
  const wanted = Object.entries(pod.nodeSelector ?? {}).map(([key, value]): Requirement => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const terms =
    pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const bySelector = nodes.filter((node) => wanted.every((one) => fits(node, one)));
  const fitting = bySelector.filter((node) => terms?.some((term) => fitsTerm(node, term)) ?? true);
  if (fitting.length > 0) return taintFindings(fitting, pod);
  const findings = lacking(nodes, wanted, 'nodeSelector');
  for (const term of terms ?? []) findings.push(...lacking(nodes, partsOf(term), 'node affinity'));
  if (findings.length > 0) return findings;
  const all = [...wanted, ...(terms ?? []).flatMap(partsOf)].map(requirementText);
  return [`No node has all that the pod wants at once: ${all.join(', ')}.`];
}

function lacking(nodes: readonly Node[], wanted: readonly Requirement[], by: string): string[] {
  return wanted
    .filter((one) => !nodes.some((node) => fits(node, one)))
    .map((one) => {
      const values = new Set(nodes.flatMap(({ metadata }) => metadata.labels?.[one.key] ?? []));
      const there = [...values].toSorted(compareTexts).map((value) => `${one.key}=${value}`);
      const have = there.length > 0 ? ` Nodes have ${firstOf(there)}.` : '';
      return `No node has ${requirementText(one)} (${by} of the pod).${have}`;
    });
}

function taintFindings(nodes: readonly Node[], pod: Placement): string[] {
  const inTheWay = nodes.map((node) =>
    (node.spec?.taints ?? []).filter((taint) => isHard(taint) && !isTolerated(taint, pod)),
  );
  if (inTheWay.some((taints) => taints.length === 0)) return [];
  const texts = new Set(
    inTheWay.flat().map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`),
  );
  const which =
    nodes.length === 1
      ? 'The node with the wanted labels has'
      : `All ${nodes.length} nodes with the wanted labels have`;
  return [`${which} taints that the pod does not tolerate: ${firstOf([...texts])}.`];
}

function isHard({ effect }: Taint): boolean {
  return effect !== 'PreferNoSchedule';
}

function isTolerated({ key, value = '', effect }: Taint, { tolerations = [] }: Placement): boolean {
  return tolerations.some((one) => {
    if (one.effect && one.effect !== effect) return false;
    if (one.operator === 'Exists') return !one.key || one.key === key;
    return one.key === key && (one.value ?? '') === value;
  });
}

function partsOf({ matchExpressions = [], matchFields = [] }: Term): Requirement[] {
  return [...matchExpressions, ...matchFields];
}

/** A term without requirements fits no node. */
function fitsTerm(node: Node, term: Term): boolean {
  const parts = partsOf(term);
  return parts.length > 0 && parts.every((one) => fits(node, one));
}

function fits({ metadata }: Node, { key, operator, values = [] }: Requirement): boolean {
  const value = key === 'metadata.name' ? metadata.name : metadata.labels?.[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return true;
  }
}

function requirementText({ key, operator, values = [] }: Requirement): string {
  if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
  if (operator === 'Exists') return `the label ${key}`;
  if (operator === 'DoesNotExist') return `no label ${key}`;
  const text = { In: 'in', NotIn: 'not in', Gt: '>', Lt: '<' }[operator] ?? operator;
  return ['>', '<'].includes(text)
    ? `${key} ${text} ${values[0]}`
    : `${key} ${text} (${values.join(', ')})`;
}
