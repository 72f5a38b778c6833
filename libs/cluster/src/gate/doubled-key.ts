/** A string, with the colon that makes it a key, or what begins or ends an object or array. */
const TOKEN = /"[^"\\]*(?:\\[^][^"\\]*)*"(\s*:)?|[{}[\]]/g;

/**
 * The first field that the document or its `metadata` has twice. Readers of JSON take the first one
 * of two, the last one, or both joined.
 * @param text good JSON
 */
export function doubledKey(text: string): string | undefined {
  let depth = 0;
  let outer = '';
  const keys = [new Set<string>(), new Set<string>()];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (colon !== undefined && (depth === 1 || (depth === 2 && outer === 'metadata'))) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      const known = keys[depth - 1];
      if (known?.has(key)) return key;
      known?.add(key);
      if (depth === 1) outer = key;
    }
  }
  return undefined;
}
