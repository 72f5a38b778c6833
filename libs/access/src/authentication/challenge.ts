import type { ToolError } from '#tools';
import type { Scope } from './scopes.js';

interface Challenged {
  /** Whether the request had a credential. Without one, nothing about it was wrong. */
  hasCredential: boolean;
  /** Where the metadata of the resource are (`metadataAddress`); left out without an issuer. */
  metadata?: string | undefined;
  /** The scopes to ask for, where the token lacks one that the call needs. */
  scopes?: readonly Scope[];
}

/**
 * The `WWW-Authenticate` header for a failure (RFC 6750, 3; RFC 9728, 5.1). Undefined if another
 * credential would not help.
 */
export function challenge(
  { code, message }: Pick<ToolError, 'code' | 'message'>,
  { hasCredential, metadata, scopes = [] }: Challenged,
): string | undefined {
  const isInsufficient = code === 'forbidden' && scopes.length > 0;
  if (code !== 'unauthenticated' && !isInsufficient) return undefined;
  const parameters: [name: string, value: string | undefined][] = [
    ['realm', 'skyflo-mcp'],
    ['error', isInsufficient ? 'insufficient_scope' : hasCredential ? 'invalid_token' : undefined],
    ['error_description', hasCredential ? message : undefined],
    ['scope', isInsufficient ? scopes.join(' ') : undefined],
    ['resource_metadata', metadata],
  ];
  const written = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${quotable(value)}"`],
  );
  return `Bearer ${written.join(', ')}`;
}

/** The characters that RFC 6750 allows in a description. */
function quotable(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll('…', '...')
    .replaceAll(/[^ !#-[\]-~]/g, '?');
}
