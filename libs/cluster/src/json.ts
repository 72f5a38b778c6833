/**
 * JSON data as kubectl prints it for `-o json`: keys sorted, four spaces of indentation. Ends with a line end.
 * @param margin before every line but the first
 */
export function toJson(value: unknown, margin = ''): string {
  return `${indented(value, margin)}\n`;
}

// JSON.stringify cannot do it: JavaScript puts number-like keys before all others.
function indented(value: unknown, margin: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${margin}    `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const record = value as Record<string, unknown>;
  const parts = Array.isArray(value)
    ? value.map((item) => inner + indented(item, inner))
    : Object.keys(record)
        .sort()
        .map((key) => `${inner}${JSON.stringify(key)}: ${indented(record[key], inner)}`);
  return parts.length === 0 ? open! + close! : `${open}\n${parts.join(',\n')}\n${margin}${close}`;
}
