import { matchAny, type TextMatch } from './glob.js';
import type { RequestFacts } from './request-facts.js';

/**
 * Compiles entries that name kinds, plurals, or either with a subresource. An entry without a
 * subresource covers all of them. Case does not matter.
 */
export function matchKinds(
  entries: readonly string[],
): (request: Pick<RequestFacts, 'kind' | 'resource' | 'subresource'>) => boolean {
  const whole = matchName(entries.filter((entry) => !entry.includes('/')));
  const parts = entries
    .filter((entry) => entry.includes('/'))
    .map((entry) => {
      const [name = '', subresource = ''] = entry.split('/');
      return { name: matchName([name]), subresource: matchAny([subresource]) };
    });
  return ({ kind, resource, subresource }) => {
    const isNamed = (match: TextMatch) =>
      match(resource) || (kind !== undefined && match(kind.toLowerCase()));
    if (isNamed(whole)) return true;
    if (subresource === '') return false;
    return parts.some((part) => part.subresource(subresource) && isNamed(part.name));
  };
}

/** A request may come without its kind, so an entry stands for the plurals that it can have too. */
function matchName(names: readonly string[]): TextMatch {
  return matchAny(
    names.map((name) => name.toLowerCase()).flatMap((name) => [name, ...plurals(name)]),
  );
}

function plurals(name: string): string[] {
  if (name.endsWith('*')) return [];
  if (name.endsWith('y')) return [`${name.slice(0, -1)}ies`, `${name}s`];
  return /(s|x|ch|sh)$/.test(name) ? [`${name}es`] : [`${name}s`];
}
