import type { Effect } from '#tools';
import type { RequestFacts } from './request-facts.js';

/** What a policy says to a question. */
export interface Decision {
  readonly allowed: boolean;
  /** The name of the rule that decided; `''` if it is denied because no rule allows it. */
  readonly rule: string;
  /** A sentence for the caller. */
  readonly reason: string;
  /** The scope without which the token may not do it, if only that is in the way. */
  readonly neededScope?: string | undefined;
}

/**
 * What a request does, in words, such as
 * `update deployments.apps "web" in namespace "shop" (context "dev")`.
 */
export function requestText(request: RequestFacts, effect: Effect): string {
  const { context, group, resource, subresource, namespace, name } = request;
  const target = [resource, subresource].filter(Boolean).join('/') + (group && `.${group}`);
  return [
    effect,
    target || 'the API server',
    name && `"${name}"`,
    namespace && `in namespace "${namespace}"`,
    `(context "${context}")`,
  ]
    .filter(Boolean)
    .join(' ');
}
