import { LRUCache } from 'lru-cache';
import type { Effect, Principal } from '#tools';
import { compileRule, matchesAll, type CompiledRule } from './compiled-rule.js';
import { requestText, type Decision } from './decision.js';
import { escalationOf } from './escalation.js';
import { explainRule, type RuleExplanation } from './explain.js';
import { matchAny, type TextMatch } from './glob.js';
import type { Policy } from './policy.js';
import { ToolView } from './policy-view.js';
import type { RequestFacts, ToolFacts } from './request-facts.js';
import { missingScope } from './scopes.js';

/** Principals whose rules are kept ready. */
const MAX_PRINCIPALS = 1_000;
/** Answers to the same question that are kept. */
const MAX_ANSWERS = 10_000;
/** Characters of a question whose answer is kept. */
const MAX_QUESTION_CHARS = 2_000;

/** Answers by policy who may do what. It knows no file; `LivePolicy` does. */
export class PolicyEngine {
  private force: PolicyInForce;

  constructor(policy: Policy) {
    this.force = new PolicyInForce(policy);
  }

  /** Decides by another policy from now on. */
  replace(policy: Policy): void {
    this.force = new PolicyInForce(policy);
  }

  /** Whether a principal may see and call a tool: whether it may do anything with it anywhere. */
  decideTool(principal: Principal, tool: ToolFacts): Decision {
    return this.force.viewOf(principal, tool).decision;
  }

  /**
   * Whether a principal may make a request by a tool.
   * @param object what the API server's dry run of it gives back. Without it, an allowed request
   * of which `needsObject` is true is not decided to its end.
   */
  decideRequest(
    principal: Principal,
    tool: ToolFacts,
    request: RequestFacts,
    object?: unknown,
  ): Decision {
    return this.force.decide(this.force.viewOf(principal, tool), principal, request, object);
  }

  /** Says of each rule whether it matches a question, and why. Without a request: of the tool. */
  explain(
    principal: Principal,
    tool: ToolFacts,
    request?: RequestFacts,
    object?: unknown,
  ): RuleExplanation[] {
    const effects = request
      ? effectsOf(request, escalationOf(request, object, this.force.isListed))
      : tool.effects;
    return this.force.rules.map((rule) => explainRule(rule, { principal, tool, effects, request }));
  }
}

/** A policy, and what is kept ready of it. All of it goes with the policy. */
class PolicyInForce {
  readonly rules: readonly CompiledRule[];
  readonly isListed: TextMatch;
  /** The views of a principal by tool. Principals that no rule can tell apart have the same. */
  private readonly principals = new LRUCache<string, Map<string, ToolView>>({
    max: MAX_PRINCIPALS,
  });
  private readonly views = new WeakMap<Principal, Map<string, ToolView>>();
  private readonly answers = new LRUCache<string, Decision>({ max: MAX_ANSWERS });

  constructor({ rules, serviceAccounts }: Policy) {
    this.rules = rules.map(compileRule);
    this.isListed = matchAny(serviceAccounts);
  }

  viewOf(principal: Principal, tool: ToolFacts): ToolView {
    const views = this.views.get(principal) ?? this.viewsOf(principal);
    const known = views.get(tool.name);
    if (known) return known;
    const rules = this.rules.filter(({ who }) => matchesAll(who, principal));
    const view = new ToolView(rules, principal, tool);
    views.set(tool.name, view);
    return view;
  }

  decide(view: ToolView, principal: Principal, request: RequestFacts, object: unknown): Decision {
    const question = object === undefined ? `${view.id} ${questionOf(request)}` : undefined;
    const known = question === undefined ? undefined : this.answers.get(question);
    if (known) return known;
    const escalation = escalationOf(request, object, this.isListed);
    const decision = this.decideEffects(view, principal, request, escalation);
    if (question !== undefined && question.length <= MAX_QUESTION_CHARS) {
      this.answers.set(question, decision);
    }
    return decision;
  }

  private decideEffects(
    view: ToolView,
    principal: Principal,
    request: RequestFacts,
    escalation: string | undefined,
  ): Decision {
    const [first, ...others] = effectsOf(request, escalation);
    let decision = decideEffect(principal, view, request, first, escalation);
    for (const effect of others) {
      if (decision.allowed) decision = decideEffect(principal, view, request, effect, escalation);
    }
    return decision;
  }

  private viewsOf(principal: Principal): Map<string, ToolView> {
    const { id, groups, scopes, name } = principal;
    // The name is told in reasons.
    const fingerprint = JSON.stringify([id, name, groups, scopes]);
    const views = this.principals.get(fingerprint) ?? new Map<string, ToolView>();
    this.principals.set(fingerprint, views);
    this.views.set(principal, views);
    return views;
  }
}

/**
 * The effects that have to be allowed, each by some rule: what a request does, and the escalation
 * that it is. A dry run needs the right to read.
 */
function effectsOf(request: RequestFacts, escalation: string | undefined): [Effect, ...Effect[]] {
  const { effect, isDryRun } = request;
  const changes = effect !== 'egress' && effect !== 'exec';
  const first = isDryRun && changes ? 'read' : effect;
  return escalation === undefined || first === 'escalate' ? [first] : [first, 'escalate'];
}

function decideEffect(
  principal: Principal,
  view: ToolView,
  request: RequestFacts,
  effect: Effect,
  escalation: string | undefined,
): Decision {
  const { denying, allowing } = view.rulesOf(effect);
  const matches = ({ where }: CompiledRule) => matchesAll(where, request);
  const denied = denying.find(matches);
  if (denied) {
    const reason = `The rule "${denied.name}" of the policy denies: ${requestText(request, effect)}.`;
    return { allowed: false, rule: denied.name, reason };
  }
  const allowed = allowing.find(matches);
  if (!allowed) {
    const reason =
      effect === 'escalate' && escalation !== undefined
        ? `${requestText(request, request.effect)} escalates rights: ${escalation}. No rule of the policy allows ${principal.name} that (effects: [escalate]).`
        : `No rule of the policy allows ${principal.name}: ${requestText(request, effect)}.`;
    return { allowed: false, rule: '', reason };
  }
  const { name: rule } = allowed;
  const neededScope = missingScope(principal, effect);
  if (neededScope !== undefined) {
    const reason = `The token lacks the scope ${neededScope}, which this needs: ${requestText(request, effect)}.`;
    return { allowed: false, rule, reason, neededScope };
  }
  const reason = `The rule "${rule}" allows: ${requestText(request, effect)}.`;
  return { allowed: true, rule, reason };
}

/** JSON, so that no name can be made to look like other facts. */
function questionOf(request: RequestFacts): string {
  const { context, verb, group, resource, kind, subresource } = request;
  const { namespace, name, isNamespaced, isDryRun, effect } = request;
  const place = [context, namespace, name, isNamespaced];
  return JSON.stringify([verb, group, resource, kind, subresource, isDryRun, effect, ...place]);
}
