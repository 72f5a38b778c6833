import { isRecord } from '#base';

/** One of a selector's matchExpressions, not checked yet. */
interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

/**
 * Writes the selector of an object as text. Services and ReplicationControllers have a plain map of
 * labels, a custom resource may have anything: what is no selector gives no text.
 */
export function selectorText(selector: unknown): string {
  if (!isRecord(selector)) return '';
  const isStructured = 'matchLabels' in selector || 'matchExpressions' in selector;
  const { matchLabels, matchExpressions } = isStructured ? selector : { matchLabels: selector };
  const labels = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions: unknown[] = [matchExpressions ?? []].flat();
  if (!expressions.every(isRequirement)) return '';
  return [...labels, ...expressions.map(requirementText)].join(',');
}

function isRequirement(value: unknown): value is Requirement {
  return isRecord(value) && typeof value['key'] === 'string';
}

function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[values ?? []].flat().join(',')})`;
}
