/** Levels of nesting that are shown: what is deeper takes room with the square of its depth. */
export const MAX_DEPTH = 500;

/** What stands for it. */
export const TOO_DEEP = '(nested too deeply to be shown)';

/**
 * JSON data as kubectl prints it for `-o json`: keys sorted, four spaces of indentation. Ends with
 * a line end.
 * @param margin before every line but the first
 * @param maxChars characters after which it may end unfinished
 */
export function toJson(value: unknown, margin = '', maxChars = Infinity): string {
  const writer = new JsonWriter(maxChars);
  writer.write(value, margin, 0);
  return `${writer.toString()}\n`;
}

// JSON.stringify cannot do it: JavaScript puts number-like keys before all others.
class JsonWriter {
  private text = '';

  constructor(private readonly maxChars: number) {}

  write(value: unknown, margin: string, depth: number): void {
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) {
      this.text += JSON.stringify(depth > MAX_DEPTH ? TOO_DEEP : value);
      return;
    }
    const inner = `${margin}    `;
    const isArray = Array.isArray(value);
    const [open, close] = isArray ? '[]' : '{}';
    const record = value as Record<string, unknown>;
    const keys: readonly (string | number)[] = isArray
      ? [...value.keys()]
      : Object.keys(record).sort();
    let lead = `${open}\n`;
    for (const key of keys) {
      if (this.text.length > this.maxChars) return;
      this.text += `${lead}${inner}${isArray ? '' : `${JSON.stringify(key)}: `}`;
      this.write(record[key], inner, depth + 1);
      lead = ',\n';
    }
    this.text += keys.length === 0 ? `${open}${close}` : `\n${margin}${close}`;
  }

  toString(): string {
    return this.text;
  }
}
