/** The value of a label whose real one is not among those that are told apart. */
export const OTHER = '_OTHER';

const UNIT_SUFFIXES: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' };

/**
 * The name of an instrument in Prometheus.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusName(
  { name, unit }: { name: string; unit: string },
  kind: 'counter' | 'gauge' | 'histogram',
): string {
  const suffix = (UNIT_SUFFIXES[unit] ?? '') + (kind === 'counter' ? '_total' : '');
  return name.replaceAll('.', '_') + suffix;
}

/**
 * Bounds how many names a label tells apart, where they come from outside. The first ones are kept.
 * @returns gives the name, or `_OTHER` for one that is too many
 */
export function boundedNames(max: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= max) return OTHER;
    known.add(name);
    return name;
  };
}
