import type { Effect, Principal } from '#tools';
import { matchAny } from './glob.js';
import { matchKinds } from './match-kinds.js';
import type { Rule } from './policy.js';
import { isOfAllNamespaces, type RequestFacts, type ToolFacts } from './request-facts.js';

/** One list of a rule, ready to be asked. */
export interface Condition<Subject> {
  /** The list as the file calls it, e.g. `where.namespaces`. */
  readonly field: string;
  readonly entries: readonly string[];
  readonly matches: (subject: Subject) => boolean;
  /** What of the subject it looks at, for explanations. */
  readonly valueOf: (subject: Subject) => string;
}

/** A rule, ready to be asked. */
export interface CompiledRule {
  readonly name: string;
  readonly allows: boolean;
  readonly who: readonly Condition<Principal>[];
  readonly tool: readonly Condition<Pick<ToolFacts, 'name' | 'category'>>[];
  /** Undefined for all; of an allowing rule, for all but `escalate`. */
  readonly effects: ReadonlySet<Effect> | undefined;
  readonly where: readonly Condition<RequestFacts>[];
}

/** Makes the lists of a rule ready to be asked. */
export function compileRule({ name, allows, who, what, where }: Rule): CompiledRule {
  return {
    name,
    allows,
    who: present<Principal>([
      condition('who.principals', who.principals, ({ id }) => id),
      anyOf('who.groups', who.groups, ({ groups }) => groups),
      anyOf('who.scopes', who.scopes, ({ scopes = [] }) => scopes),
    ]),
    tool: present<Pick<ToolFacts, 'name' | 'category'>>([
      condition('categories', what.categories, ({ category }) => category),
      condition('tools', what.tools, (tool) => tool.name),
    ]),
    effects: what.effects && new Set(what.effects),
    where: present<RequestFacts>([
      condition('where.contexts', where.contexts, ({ context }) => context),
      ...[
        namespaces(where.namespaces, allows),
        condition<RequestFacts>('where.groups', where.groups, ({ group }) => group),
        kinds(where.kinds),
        names(where.names, allows),
      ].map((one) => ofResource(one, allows)),
    ]),
  };
}

/** Whether each list matches. */
export function matchesAll<Subject>(
  conditions: readonly Condition<Subject>[],
  subject: Subject,
): boolean {
  for (const { matches } of conditions) if (!matches(subject)) return false;
  return true;
}

/** Whether a rule is about an effect. Escalation is only allowed in so many words. */
export function isAbout({ effects, allows }: CompiledRule, effect: Effect): boolean {
  return effects ? effects.has(effect) : !allows || effect !== 'escalate';
}

type Maybe<Subject> = Condition<Subject> | undefined;

function present<Subject>(conditions: readonly Maybe<Subject>[]): Condition<Subject>[] {
  return conditions.filter((one) => one !== undefined);
}

function condition<Subject>(
  field: string,
  entries: readonly string[] | undefined,
  valueOf: (subject: Subject) => string,
): Maybe<Subject> {
  if (!entries) return undefined;
  const match = matchAny(entries);
  return { field, entries, matches: (subject) => match(valueOf(subject)), valueOf };
}

function anyOf<Subject>(
  field: string,
  entries: readonly string[] | undefined,
  valuesOf: (subject: Subject) => readonly string[],
): Maybe<Subject> {
  if (!entries) return undefined;
  const match = matchAny(entries);
  return {
    field,
    entries,
    matches: (subject) => valuesOf(subject).some(match),
    valueOf: (subject) => valuesOf(subject).join(', '),
  };
}

/**
 * A path that is no resource, such as `/version`, tells of no object: who may read some of them may
 * read it.
 */
function ofResource(one: Maybe<RequestFacts>, allows: boolean): Maybe<RequestFacts> {
  if (!one) return undefined;
  return { ...one, matches: (facts) => (facts.resource === '' ? allows : one.matches(facts)) };
}

function kinds(entries: readonly string[] | undefined): Maybe<RequestFacts> {
  if (!entries) return undefined;
  return {
    field: 'where.kinds',
    entries,
    matches: matchKinds(entries),
    valueOf: ({ kind, resource, subresource }) =>
      [kind ?? resource, subresource].filter(Boolean).join('/'),
  };
}

/**
 * An object in no namespace matches `''` only, whatever the globs. A rule that denies also matches
 * what reads all namespaces, because that reads its own.
 */
function namespaces(entries: readonly string[] | undefined, allows: boolean): Maybe<RequestFacts> {
  if (!entries) return undefined;
  const match = matchAny(entries.filter((entry) => entry !== ''));
  const hasNone = entries.includes('');
  return {
    field: 'where.namespaces',
    entries,
    matches: (facts) => {
      if (facts.namespace !== '') return match(facts.namespace);
      return hasNone || (!allows && isOfAllNamespaces(facts));
    },
    valueOf: ({ namespace }) => namespace,
  };
}

/**
 * A rule that denies also matches what names no object, because that may be about its own: a list,
 * or a name that the API server makes.
 */
function names(entries: readonly string[] | undefined, allows: boolean): Maybe<RequestFacts> {
  const one = condition<RequestFacts>('where.names', entries, ({ name }) => name);
  if (!one || allows) return one;
  return { ...one, matches: (facts) => facts.name === '' || one.matches(facts) };
}
