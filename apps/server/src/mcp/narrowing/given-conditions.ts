import type { IncomingMessage } from 'node:http';
import { nearestNames } from '#cluster';
import { cutName, ToolError } from '#tools';

/** What a client can give to narrow its connection. */
export type ConditionName = 'categories' | 'read_only' | 'tools';

/** A condition as a client gives it. */
export interface GivenCondition {
  readonly name: ConditionName;
  /** The condition as the client writes it, for messages. */
  readonly text: string;
  /** What its list holds, at least one entry. */
  readonly entries: readonly string[];
}

/** How conditions are written at one place. */
interface Notation {
  /** What stands before the names of conditions. */
  readonly prefix: string;
  /** The name of each condition, with the prefix. */
  readonly names: Readonly<Record<ConditionName, string>>;
  readonly separator: string;
  /** What a name is called in messages. */
  readonly what: string;
}

const QUERY: Notation = {
  prefix: '',
  names: { categories: 'categories', read_only: 'read_only', tools: 'tools' },
  separator: '=',
  what: 'query parameter',
};

const HEADERS: Notation = {
  prefix: 'skyflo-',
  names: {
    categories: 'Skyflo-Categories',
    read_only: 'Skyflo-Read-Only',
    tools: 'Skyflo-Tools',
  },
  separator: ': ',
  what: 'header',
};

/** The options of the command line. */
export const OPTIONS: Notation = {
  prefix: '--',
  names: { categories: '--categories', read_only: '--read-only', tools: '--tools' },
  separator: '=',
  what: 'option',
};

/** Names and values in the order in which they stand. A name may stand more than once. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/**
 * The conditions in the query and in the headers of a request.
 * @throws ToolError `invalid_input` for a name that is almost that of a condition
 */
export function conditionsOf({ url = '', headers }: IncomingMessage): GivenCondition[] {
  const start = url.indexOf('?');
  const query = start < 0 ? [] : [...new URLSearchParams(url.slice(start + 1))];
  const own = Object.keys(headers).filter((name) => name.startsWith(HEADERS.prefix));
  const written = own.map((name) => [name, String(headers[name])] as const);
  return [...conditionsIn(query, QUERY), ...conditionsIn(written, HEADERS)];
}

/**
 * The conditions among names and values. A list may be split over several values. One without
 * entries counts as not given.
 * @throws ToolError `invalid_input` for a name that is almost that of a condition. Such a
 * connection would be wider than its client means.
 */
export function conditionsIn(pairs: Pairs, notation: Notation): GivenCondition[] {
  const lists = new Map<ConditionName, string[]>();
  for (const [written, value] of pairs) {
    const name = conditionName(written, notation);
    if (!name) continue;
    const entries = value.split(',').map((entry) => entry.trim());
    lists.set(name, [...(lists.get(name) ?? []), ...entries.filter(Boolean)]);
  }
  return [...lists]
    .filter(([, entries]) => entries.length > 0)
    .map(([name, entries]) => {
      const text = `${notation.names[name]}${notation.separator}${entries.join(',')}`;
      return { name, entries, text: cutName(text) };
    });
}

/** Names that clients write for those of conditions. */
const LIKELY_NAMES: Readonly<Record<string, ConditionName>> = {
  categories: 'categories',
  category: 'categories',
  read_only: 'read_only',
  tools: 'tools',
};

function conditionName(written: string, notation: Notation): ConditionName | undefined {
  const { names, prefix, what } = notation;
  const lower = written.toLowerCase();
  const all = Object.keys(names) as ConditionName[];
  const found = all.find((name) => names[name].toLowerCase() === lower);
  if (found) return found;
  const [likely] = nearestNames(lower.slice(prefix.length), Object.keys(LIKELY_NAMES));
  if (likely === undefined) return undefined;
  const meant = names[LIKELY_NAMES[likely]!];
  throw new ToolError('invalid_input', `There is no ${what} "${written}". Nearest: ${meant}.`);
}
