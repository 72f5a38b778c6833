import type { Effect, Principal } from '#tools';
import { isAbout, type CompiledRule, type Condition } from './compiled-rule.js';
import type { RequestFacts, ToolFacts } from './request-facts.js';

/** Whether a rule matched a question, and why or why not. */
export interface RuleExplanation {
  readonly rule: string;
  readonly allows: boolean;
  readonly matched: boolean;
  readonly why: string;
}

/** Whom and what a rule is asked about. Without a request, it is asked about the tool alone. */
export interface Question {
  readonly principal: Principal;
  readonly tool: ToolFacts;
  readonly effects: readonly Effect[];
  readonly request?: RequestFacts | undefined;
}

/** Says of a rule whether it matches a question, and by what, or which of its lists does not. */
export function explainRule(
  rule: CompiledRule,
  { principal, tool, effects, request }: Question,
): RuleExplanation {
  const about = effects.filter((effect) => isAbout(rule, effect));
  const misses = [
    ...missesOf(rule.who, principal),
    ...missesOf(rule.tool, tool),
    ...(about.length === 0 ? [effectsMiss(rule, effects)] : []),
    ...(request ? missesOf(rule.where, request) : []),
  ];
  const { name, allows } = rule;
  if (misses.length > 0) return { rule: name, allows, matched: false, why: misses.join('; ') };
  const place = request || rule.where.length === 0 ? '' : ', in the places that it names';
  const why = `${allows ? 'allows' : 'denies'} ${about.join(', ')}${place}`;
  return { rule: name, allows, matched: true, why };
}

function missesOf<Subject>(conditions: readonly Condition<Subject>[], subject: Subject): string[] {
  return conditions
    .filter(({ matches }) => !matches(subject))
    .map(
      ({ field, entries, valueOf }) =>
        `${field}: "${valueOf(subject)}" is not ${entries.map((entry) => entry || "''").join(', ')}`,
    );
}

function effectsMiss({ effects }: CompiledRule, asked: readonly Effect[]): string {
  const own = effects ? [...effects].join(', ') : 'all but escalate';
  return `effects: ${asked.join(', ')} is not ${own}`;
}
