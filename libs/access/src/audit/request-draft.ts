import type { GateCall, GateRequest } from '#cluster';
import type { AuditDraft, AuditedObject } from './audit-entry.js';
import { textDigest, type TextDigest } from './audited-arguments.js';
import { canonicalJson } from './canonical-json.js';
import { principalOf } from './call-draft.js';

/** What the record keeps of a request to an API server in each of its entries. */
export type RequestDraft = Pick<
  AuditDraft,
  'principal' | 'door' | 'tool' | 'context' | 'effect' | 'objects' | 'executionId'
>;

/** Characters or bytes up to which a body is read, so that equal objects have equal digests. */
const MAX_READ = 256_000;

/** @param key of the digests, as `AuditKey.digestKey` */
export function requestDraft(
  request: GateRequest,
  { principal, caller, door = 'none', tool, executionId }: GateCall,
  key: Uint8Array,
): RequestDraft {
  const { context, effect } = request;
  return {
    principal: principalOf(principal, caller),
    door,
    tool,
    context,
    effect,
    objects: [objectOf(request, key)],
    executionId,
  };
}

function objectOf(
  { verb, group, resource, subresource, namespace, name, path, body }: GateRequest,
  key: Uint8Array,
): AuditedObject {
  return {
    verb,
    group: group || undefined,
    resource: resource || path,
    subresource: subresource || undefined,
    namespace: namespace || undefined,
    name: name || undefined,
    body: body === undefined ? undefined : bodyDigest(body, key),
  };
}

/**
 * The digest of the canonical JSON of a body. What is no JSON, or is too large to be read again, is
 * taken as it is.
 */
export function bodyDigest(body: unknown, key: Uint8Array): TextDigest {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    return textDigest(canonicalJson(body), key);
  }
  return textDigest(canonical(body) ?? body, key);
}

function canonical(body: string | Uint8Array): string | undefined {
  if (body.length > MAX_READ) return undefined;
  try {
    return canonicalJson(JSON.parse(body.toString()));
  } catch {
    return undefined;
  }
}
