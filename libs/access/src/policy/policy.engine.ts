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

/** Views of principals with tools that are kept ready. */
const MAX_VIEWS = 5_000;
/** Answers to the same question that are kept. */
const MAX_ANSWERS = 10_000;
/** Characters of a question whose answer is kept. */
const MAX_QUESTION_CHARS = 2_000;

/** Answers by policy who may do what. Holds no file; see `PolicyFile`. */
export class PolicyEngine {
  private rules: readonly CompiledRule[] = [];
  private isListed: TextMatch = matchAny([]);
  private readonly fingerprints = new WeakMap<Principal, string>();
  private readonly views = new LRUCache<string, ToolView>({ max: MAX_VIEWS });
  /** By view, as views do not outlive the policy that they are made of. */
  private readonly answers = new LRUCache<string, Decision>({ max: MAX_ANSWERS });

  constructor(policy: Policy) {
    this.replace(policy);
  }

  /** Decides by another policy from now on. */
  replace(policy: Policy): void {
    this.rules = policy.rules.map(compileRule);
    this.isListed = matchAny(policy.serviceAccounts);
    this.views.clear();
    this.answers.clear();
  }

  /** Whether a principal may see and call a tool: whether it may do anything with it anywhere. */
  decideTool(principal: Principal, tool: ToolFacts): Decision {
    return this.viewOf(this.keyOf(principal, tool), principal, tool).decision;
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
    const key = this.keyOf(principal, tool);
    const decide = () => this.decide(principal, this.viewOf(key, principal, tool), request, object);
    if (object !== undefined) return decide();
    const question = key + questionOf(request);
    if (question.length > MAX_QUESTION_CHARS) return decide();
    const known = this.answers.get(question);
    if (known) return known;
    const decision = decide();
    this.answers.set(question, decision);
    return decision;
  }

  /** Says of each rule whether it matches a question, and why. Without a request: of the tool. */
  explain(
    principal: Principal,
    tool: ToolFacts,
    request?: RequestFacts,
    object?: unknown,
  ): RuleExplanation[] {
    const effects = request
      ? effectsOf(request, escalationOf(request, object, this.isListed))
      : tool.effects;
    return this.rules.map((rule) => explainRule(rule, { principal, tool, effects, request }));
  }

  private decide(
    principal: Principal,
    view: ToolView,
    request: RequestFacts,
    object: unknown,
  ): Decision {
    const escalation = escalationOf(request, object, this.isListed);
    let decision: Decision | undefined;
    for (const effect of effectsOf(request, escalation)) {
      decision = decideEffect(principal, view, request, effect, escalation);
      if (!decision.allowed) return decision;
    }
    return decision!;
  }

  private viewOf(key: string, principal: Principal, tool: ToolFacts): ToolView {
    const known = this.views.get(key);
    if (known) return known;
    const rules = this.rules.filter(({ who }) => matchesAll(who, principal));
    const view = new ToolView(rules, principal, tool);
    this.views.set(key, view);
    return view;
  }

  /** Two principals that no rule can tell apart have the same key only if they are the same. */
  private keyOf(principal: Principal, { name, category }: ToolFacts): string {
    let fingerprint = this.fingerprints.get(principal);
    if (fingerprint === undefined) {
      const { id, groups, scopes } = principal;
      fingerprint = JSON.stringify([id, groups, scopes]);
      this.fingerprints.set(principal, fingerprint);
    }
    return `${fingerprint}${category}/${name}`;
  }
}

/**
 * The effects that have to be allowed, each by some rule: what a request does, and the escalation
 * that it is. A dry run needs the right to read.
 */
function effectsOf(request: RequestFacts, escalation: string | undefined): Effect[] {
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
