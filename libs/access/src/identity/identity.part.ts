import { Inject, Injectable } from '@nestjs/common';
import { PartOfGate, type GatePart, type GateRequest, type IdentityHeaders } from '#cluster';
import { ToolError, type Principal } from '#tools';
import { identityConfig, type IdentityConfig } from './identity.config.js';

/** Users and groups that Kubernetes makes itself. Nobody may become one of them. */
const SYSTEM = /^system:/i;
/** What a header can hold as it is. */
const PRINTABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * Asks a context as the caller, so that the RBAC of the cluster decides too, and its own audit
 * names who it was (Kubernetes, Authenticating, User impersonation). Programs and charts are no
 * exception: their requests pass the same gate.
 */
@Injectable()
@PartOfGate({ stage: 'identity' })
export class IdentityPart implements GatePart {
  constructor(@Inject(identityConfig.KEY) private readonly config: IdentityConfig) {}

  /** @throws ToolError `forbidden` for a caller whom the cluster must not take for somebody */
  identity({ context, call }: GateRequest): IdentityHeaders | undefined {
    const { modes } = this.config;
    const mode = modes.get(context) ?? modes.get('*') ?? 'none';
    const principal = call?.principal;
    if (mode === 'none' || !principal || principal.isAnonymous) return undefined;
    return mode === 'impersonate' ? impersonating(principal) : passing(principal, context);
  }
}

function impersonating({ name, groups }: Principal): IdentityHeaders {
  for (const one of [name, ...groups]) {
    if (!SYSTEM.test(one) && PRINTABLE.test(one)) continue;
    const why = 'it begins with "system:", or has characters that a header cannot hold';
    throw new ToolError('forbidden', `Nobody is impersonated as ${JSON.stringify(one)}: ${why}.`);
  }
  return {
    'impersonate-user': name,
    ...(groups.length > 0 && { 'impersonate-group': [...groups] }),
  };
}

function passing({ bearer }: Principal, context: string): IdentityHeaders {
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` };
  throw new ToolError(
    'forbidden',
    `The context "${context}" is asked by the token of the caller, and this caller came without one of the issuer.`,
  );
}
