import type { AuthenticationConfig } from './authentication.config.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** How a Unix socket is written where an address to listen on can stand. */
export const UNIX_SOCKET = 'unix:';

/** Whether only programs on this machine reach what listens there. */
export function isOwnAddress(host: string): boolean {
  return LOOPBACK.test(host) || host.startsWith(UNIX_SOCKET);
}

/**
 * Keeps the server from listening where others reach it while none of them could prove who they
 * are, as the loopback token is for this machine, or while others could read their credentials.
 * @param host the address to listen on, or `unix:` and the path of a socket
 * @param keyCount how many API keys there are
 * @throws Error naming what to set
 */
export function refuseOpenAddress(
  host: string,
  { isOff, oidc, trustedProxy, tls, publicUrl }: AuthenticationConfig,
  keyCount: number,
): void {
  if (isOwnAddress(host) || isOff) return;
  if (keyCount === 0 && !oidc && !trustedProxy) {
    throw new Error(
      `Refusing to listen on ${host}: others reach it, and none of them could prove who they are. ` +
        'Do one of these: make an API key (skyflo-mcp key new), set OIDC_ISSUER, or set ' +
        `TRUSTED_PROXY_CA and TRUSTED_PROXY_USER_HEADER. ${OTHERWISE}`,
    );
  }
  if (!tls && !publicUrl?.startsWith('https:')) {
    throw new Error(
      `Refusing to listen on ${host}: credentials would cross the network without TLS. Do one of ` +
        'these: set TLS_CERT_FILE and TLS_KEY_FILE, or set PUBLIC_URL to the https address of the ' +
        `proxy that ends TLS in front of this server. ${OTHERWISE}`,
    );
  }
}

const OTHERWISE =
  'Set AUTH=none if something in front of this server decides who may call it, or leave HOST out ' +
  'to listen on 127.0.0.1.';

/**
 * Refuses settings that have no effect on what the server listens on.
 * @param host as of `refuseOpenAddress`
 * @throws Error naming the setting, and what it needs
 */
export function refuseIdleSettings(
  host: string,
  { tls, trustedProxy }: AuthenticationConfig,
): void {
  const isSocket = host.startsWith(UNIX_SOCKET);
  if (isSocket && tls) {
    throw new Error(
      'TLS_CERT_FILE would have no effect on a Unix socket, which nobody can listen in on. Leave ' +
        'it out, or set HOST to an address.',
    );
  }
  if (!isSocket && trustedProxy?.ca === '') {
    throw new Error(
      'TRUSTED_PROXY_USER_HEADER would have no effect: the proxy has no way to prove itself. Set ' +
        'TRUSTED_PROXY_CA, or let it connect to a Unix socket (HOST=unix:/path).',
    );
  }
}
