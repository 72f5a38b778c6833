import { EFFECTS, type Effect } from '#tools';
import type { Policy, Rule, Where, Who } from './policy.js';

/** The effects that each ready policy allows. */
const READY = {
  'read-only': ['read', 'egress'],
  operator: EFFECTS.filter((effect) => effect !== 'escalate'),
  admin: EFFECTS,
} as const satisfies Record<string, readonly Effect[]>;

export type ReadyPolicy = keyof typeof READY;

export const READY_POLICIES = Object.keys(READY) as ReadyPolicy[];

export function isReadyPolicy(name: string): name is ReadyPolicy {
  return Object.hasOwn(READY, name);
}

/** The rule that allows somebody somewhere what a ready policy allows. */
export function readyRule(
  ready: ReadyPolicy,
  { name = ready, who = {}, where = {} }: { name?: string; who?: Who; where?: Where } = {},
): Rule {
  return { name, allows: true, who, what: { effects: READY[ready] }, where };
}

/** The policy that allows everybody what a ready policy allows. */
export function readyPolicy(ready: ReadyPolicy): Policy {
  return { rules: [readyRule(ready)], serviceAccounts: [] };
}

/**
 * What holds without a policy file: the principal of this machine is an operator, and the others
 * may read.
 * @param localPrincipal the id of the principal that proves itself by the token of this machine
 */
export function defaultPolicy(localPrincipal: string): Policy {
  return {
    rules: [
      readyRule('operator', { name: 'this-machine', who: { principals: [localPrincipal] } }),
      readyRule('read-only', { name: 'everyone' }),
    ],
    serviceAccounts: [],
  };
}
