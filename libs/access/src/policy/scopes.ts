import type { Effect, Principal } from '#tools';

/** The scope that a token needs for each effect. */
const SCOPE_OF: Readonly<Record<Effect, string>> = {
  read: 'skyflo:read',
  egress: 'skyflo:read',
  create: 'skyflo:write',
  update: 'skyflo:write',
  delete: 'skyflo:write',
  exec: 'skyflo:write',
  escalate: 'skyflo:write',
};

/** The scope that a principal lacks for an effect; undefined if its credential allows it. */
export function missingScope({ scopes }: Principal, effect: Effect): string | undefined {
  const needed = SCOPE_OF[effect];
  return scopes === undefined || scopes.includes(needed) ? undefined : needed;
}
