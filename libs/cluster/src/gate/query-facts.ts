/** The only name that a list can be bound to by a field selector. */
const NAME_TERM = /^metadata\.name==?([^=!\\/%]+)$/;

/**
 * The parameters of a query, by name, as Go reads them: a pair that is not well encoded, or has a
 * semicolon, does not count.
 * @param query without its question mark
 */
export function queryValues(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const [, name = '', value = ''] = /^([^=]*)=?([^]*)$/.exec(pair) ?? [];
    const [key, text] = [decoded(name), decoded(value)];
    if (key === undefined || text === undefined) continue;
    values.set(key, [...(values.get(key) ?? []), text]);
  }
  return values;
}

/**
 * The name in field selectors that select one object by its name. Empty where they do not, or where
 * they say it more than once.
 */
export function selectedName(selectors: readonly string[] = []): string {
  const [selector = '', ...others] = selectors;
  if (others.length > 0) return '';
  const terms = selector.split(',').filter((term) => term.startsWith('metadata.name'));
  const [term = '', ...more] = terms;
  return more.length > 0 ? '' : (NAME_TERM.exec(term)?.[1] ?? '');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
