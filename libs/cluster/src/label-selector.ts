/** meta/v1 LabelSelector. */
interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** The selector of a workload, or the plain map of labels of a Service or a ReplicationController. */
export type Selector = LabelSelector | Record<string, string>;

/** Writes the selector of an object as text. Services and ReplicationControllers have a plain map of labels. */
export function selectorText(selector: Selector | undefined): string {
  if (!selector) return '';
  const isStructured = 'matchLabels' in selector || 'matchExpressions' in selector;
  const { matchLabels = {}, matchExpressions = [] }: LabelSelector = isStructured
    ? selector
    : { matchLabels: selector as Record<string, string> };
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}
