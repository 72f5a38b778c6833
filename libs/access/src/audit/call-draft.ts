import { cutName, type Principal, type RefusedCall, type ToolInvocation } from '#tools';
import type { AuditDraft } from './audit-entry.js';
import { auditedArguments } from './audited-arguments.js';

/** Who calls where nobody has proved anything. */
const ANONYMOUS = 'anonymous';

/** What does not belong into the name of a tool. */
const ODD_CHARACTERS = /[^\w.:/-]/g;

/** What the record keeps of a call in each of its entries. */
export type CallDraft = Pick<
  AuditDraft,
  'principal' | 'door' | 'tool' | 'arguments' | 'context' | 'executionId'
>;

/** @param key of the digests, as `AuditKey.digestKey` */
export function callDraft({ tool, input, call }: ToolInvocation, key: Uint8Array): CallDraft {
  const { caller, principal, door = 'none', shared, executionId } = call;
  const { context } = shared;
  return {
    principal: principalOf(principal, caller),
    door,
    tool: tool.name,
    arguments: auditedArguments({ ...input, ...shared }, tool.inputSchema.properties, key),
    context: typeof context === 'string' ? context : undefined,
    executionId,
  };
}

/** The same of a call that was refused before its parameters were read. */
export function refusedDraft(
  { name, tool, args, call }: Omit<RefusedCall, 'error'>,
  key: Uint8Array,
): CallDraft {
  const { caller, principal, door = 'none', executionId } = call;
  const audited = auditedArguments(args, tool?.inputSchema.properties ?? {}, key);
  const { context } = audited;
  return {
    principal: principalOf(principal, caller),
    door,
    tool: tool?.name ?? cutName(name).replaceAll(ODD_CHARACTERS, '?'),
    arguments: audited,
    context: typeof context === 'string' ? context : undefined,
    executionId,
  };
}

/** @param caller who is named where nobody has proved anything */
export function principalOf(
  principal: Principal | undefined,
  caller: string | undefined,
): AuditDraft['principal'] {
  if (!principal) return { id: ANONYMOUS, name: caller ?? ANONYMOUS };
  const { id, name, actor } = principal;
  return { id, name, actor };
}
