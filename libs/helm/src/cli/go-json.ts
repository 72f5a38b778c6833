/** Fields in the order of a Go struct. A plain object is a Go map, whose keys are sorted. */
export type GoStruct = Map<string, unknown>;

/** JSON on one line as Go's encoder writes it: keys of maps sorted, and `<`, `>`, `&` escaped. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (value instanceof Map) return fields([...(value as GoStruct)]);
  if (typeof value !== 'object' || value === null) return escaped(JSON.stringify(value ?? null));
  const record = value as Record<string, unknown>;
  const keys = Object.keys(record).sort();
  return fields(keys.map((key) => [key, record[key]]));
}

/** The same data without the order, for YAML. */
export function plainData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainData);
  if (!(value instanceof Map)) return value;
  const entries = [...(value as GoStruct)].map(([key, item]) => [key, plainData(item)]);
  return Object.fromEntries(entries) as unknown;
}

function fields(entries: [string, unknown][]): string {
  const parts = entries.map(([key, item]) => `${escaped(JSON.stringify(key))}:${goJson(item)}`);
  return `{${parts.join(',')}}`;
}

function escaped(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
