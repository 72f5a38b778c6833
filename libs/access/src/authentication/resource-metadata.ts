import { SCOPES } from './scopes.js';

/** Where the metadata of a resource start (RFC 9728, 3). The path of the resource follows. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

/** The parts of the server that clients may name as what they want to call. */
export const RESOURCE_PATHS = ['', '/mcp'] as const;

/**
 * What a client has to know to get a token (RFC 9728, 2).
 * @param resource what the client calls: the public URL, or the public URL with `/mcp`
 */
export function protectedResourceMetadata(
  resource: string,
  issuer: string,
  scopes: readonly string[] = SCOPES,
): Record<string, unknown> {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    resource_name: 'Skyflo MCP',
  };
}

/** The address of the metadata of a resource: its path comes last (RFC 9728, 3.1). */
export function metadataAddress(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${METADATA_PATH}${pathname.replace(/\/$/, '')}`;
}

/**
 * The names by which tokens may mean this server. Clients name what they call (RFC 8707), some
 * with the slash that an empty path gets in a URL.
 * @param publicUrl without a slash at its end
 */
export function audiencesOf(publicUrl: string): string[] {
  return [`${publicUrl}/`, ...RESOURCE_PATHS.map((path) => publicUrl + path)];
}
