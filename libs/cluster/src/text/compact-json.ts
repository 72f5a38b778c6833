import { MAX_DEPTH, TOO_DEEP } from './json.js';

/**
 * JSON data on one line, with all digits of long numbers.
 * @param maxChars characters after which it may end unfinished, as no more of it is shown
 */
export function compactJson(value: unknown, maxChars: number): string {
  if (typeof value !== 'object' || value === null) return scalarText(value);
  let text = '';
  const write = (one: unknown, depth: number): void => {
    if (typeof one !== 'object' || one === null) {
      text += scalarText(one);
      return;
    }
    if (depth === MAX_DEPTH) {
      text += JSON.stringify(TOO_DEEP);
      return;
    }
    const isArray = Array.isArray(one);
    text += isArray ? '[' : '{';
    let lead = '';
    for (const key of Object.keys(one)) {
      if (text.length > maxChars) return;
      text += isArray ? lead : `${lead}${JSON.stringify(key)}:`;
      write((one as Record<string, unknown>)[key], depth + 1);
      lead = ',';
    }
    text += isArray ? ']' : '}';
  };
  write(value, 0);
  return text;
}

function scalarText(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
