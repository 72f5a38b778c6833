// JSON.stringify writes a bigint as the number that it is.
import '#base';
import { isEntries } from './entries.js';

/**
 * A document as JSON. The items of a list of objects are separate, because each may be as large as
 * any other document.
 */
export function documentText(value: unknown): { head: string; items: string[] } {
  if (!isEntries(value) || !Array.isArray(value['items'])) {
    return { head: JSON.stringify(value), items: [] };
  }
  return {
    head: JSON.stringify({ ...value, items: [] }),
    items: value['items'].map((item) => JSON.stringify(item)),
  };
}
