import type { Steps } from '#base';

/** Levels of nesting that are shown: what is deeper takes room with the square of its depth. */
export const MAX_DEPTH = 500;

/** What stands for it. */
export const TOO_DEEP = '(nested too deeply to be shown)';

/** Values after which there may be a pause. */
const VALUES_PER_STEP = 500;

/**
 * JSON data as kubectl prints it for `-o json`, in steps: keys sorted, four spaces of indentation.
 * Ends with a line end.
 * @param margin before every line but the first
 * @param maxChars characters after which it may end unfinished
 */
export function* jsonSteps(value: object, margin: string, maxChars: number): Steps<string> {
  const writer = new JsonWriter(maxChars);
  yield* writer.write(value, margin, 0);
  return `${writer.toString()}\n`;
}

// JSON.stringify cannot do it: JavaScript puts number-like keys before all others.
class JsonWriter {
  private text = '';
  private values = 0;

  constructor(private readonly maxChars: number) {}

  *write(value: object, margin: string, depth: number): Steps<void> {
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
      const held = record[key];
      if (typeof held !== 'object' || held === null) this.text += JSON.stringify(held);
      else if (depth < MAX_DEPTH) yield* this.write(held, inner, depth + 1);
      else this.text += JSON.stringify(TOO_DEEP);
      lead = ',\n';
      if (++this.values % VALUES_PER_STEP === 0) yield;
    }
    this.text += keys.length === 0 ? `${open}${close}` : `\n${margin}${close}`;
  }

  toString(): string {
    return this.text;
  }
}
