/** The schemes of an API server's address. */
export const SERVER_SCHEMES = ['http', 'https'] as const;
/** The schemes of a proxy's address. */
export const PROXY_SCHEMES = ['http', 'https', 'socks5', 'socks5h'] as const;

/**
 * The address of a server or a proxy; as with kubectl it may be given without a scheme.
 * @param schemes those that it may have
 * @returns null for what is no such address
 */
export function parseAddress(text: string, schemes: readonly string[]): URL | null {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  return url && schemes.includes(url.protocol.replace(':', '')) ? url : null;
}
