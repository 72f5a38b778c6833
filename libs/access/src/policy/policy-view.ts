import { EFFECTS, type Effect, type Principal } from '#tools';
import { isAbout, matchesAll, type CompiledRule } from './compiled-rule.js';
import type { Decision } from './decision.js';
import type { ToolFacts } from './request-facts.js';
import { missingScope } from './scopes.js';

interface RulesOfEffect {
  readonly denying: readonly CompiledRule[];
  readonly allowing: readonly CompiledRule[];
}

/** The rules that are left for one principal and one tool, by effect. */
export class ToolView {
  private static count = 0;
  /** Of no other view. */
  readonly id = ToolView.count++;
  private readonly byEffect: ReadonlyMap<Effect, RulesOfEffect>;
  /** Whether the principal may use the tool for anything at all. */
  readonly decision: Decision;

  constructor(rules: readonly CompiledRule[], principal: Principal, tool: ToolFacts) {
    const left = rules.filter((rule) => matchesAll(rule.tool, tool));
    this.byEffect = new Map(
      EFFECTS.map((effect) => {
        const about = left.filter((rule) => isAbout(rule, effect));
        return [
          effect,
          {
            denying: about.filter(({ allows }) => !allows),
            allowing: about.filter(({ allows }) => allows),
          },
        ];
      }),
    );
    this.decision = this.decide(principal, tool);
  }

  rulesOf(effect: Effect): RulesOfEffect {
    return this.byEffect.get(effect)!;
  }

  /** The effect that is best for the caller decides. It may do it, or may with another scope. */
  private decide(principal: Principal, tool: ToolFacts): Decision {
    const decisions = tool.effects.map((effect) => this.decideEffect(principal, tool, effect));
    return (
      decisions.find(({ allowed }) => allowed) ??
      decisions.find(({ neededScope }) => neededScope !== undefined) ??
      decisions.find(({ rule }) => rule !== '') ??
      deniedByNone(principal, tool)
    );
  }

  private decideEffect(principal: Principal, tool: ToolFacts, effect: Effect): Decision {
    const { denying, allowing } = this.rulesOf(effect);
    const denied = denying.find(({ where }) => where.length === 0);
    if (denied) {
      const reason = `The rule "${denied.name}" of the policy denies the tool ${tool.name}.`;
      return { allowed: false, rule: denied.name, reason };
    }
    const [allowed] = allowing;
    if (!allowed) return deniedByNone(principal, tool);
    const { name: rule } = allowed;
    const neededScope = missingScope(principal, effect);
    if (neededScope !== undefined) {
      const reason = `The token lacks the scope ${neededScope}, which the tool ${tool.name} needs.`;
      return { allowed: false, rule, reason, neededScope };
    }
    return { allowed: true, rule, reason: `The rule "${rule}" allows the tool ${tool.name}.` };
  }
}

function deniedByNone({ name }: Principal, tool: ToolFacts): Decision {
  const reason = `No rule of the policy allows ${name} to use the tool ${tool.name}.`;
  return { allowed: false, rule: '', reason };
}
