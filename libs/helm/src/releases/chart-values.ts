import { isRecord } from '#base';
import { readDocuments, warn } from '#cluster';
import { invalidField } from '#tools';
import type { Release } from './release.js';

type Values = Record<string, unknown>;

const ACCEPTS = { accepts: 'YAML that is a map of values' };

/** Numbers that a warning names. */
const MAX_NAMED = 5;

/**
 * Checks the values that a caller gives as text, before anything is started. Warns about integers
 * that helm changes, because it keeps every number as a double.
 * @returns the text as helm is to read it, or undefined where there are no values
 * @throws ToolError `invalid_input` with line and column
 */
export async function checkedValues(
  text: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (text === undefined || text.trim() === '') return undefined;
  const documents = await readDocuments('values', text, signal);
  if (documents.length > 1) throw invalidField('values', 'must be one YAML document', ACCEPTS);
  const [document] = documents;
  if (document && !isRecord(document.value)) throw invalidField('values', 'must be a map', ACCEPTS);
  const rounded = document ? roundedNumbers(document.value) : [];
  if (rounded.length > 0) {
    warn(`helm rounds ${rounded.slice(0, MAX_NAMED).join(', ')}. Put such values in quotes.`);
  }
  return text;
}

/** `a.b[0] to 9007199254740996` for each whole number that no double holds with these digits. */
function roundedNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'bigint') {
    const kept = JSON.stringify(Number(value));
    return kept === String(value) ? [] : [`${path} to ${kept}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => roundedNumbers(item, `${path}[${index}]`));
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    roundedNumbers(item, path === '' ? key : `${path}.${key}`),
  );
}

/**
 * All values of a release: those that were given, and the chart's own for the rest, as helm merges
 * them. A null that was given removes a value.
 */
export function computedValues({ chart, config }: Release): Values {
  return merged(config ?? {}, chart?.values ?? {}, true);
}

/** @param isTop at the top level, a null stays if the chart has no such value */
function merged(given: Values, defaults: Values, isTop: boolean): Values {
  const result: Values = { ...defaults };
  for (const [key, own] of Object.entries(given)) {
    const value = defaults[key];
    if (own === null && !(isTop && !(key in defaults))) delete result[key];
    else result[key] = isRecord(own) && isRecord(value) ? merged(own, value, false) : own;
  }
  return result;
}
