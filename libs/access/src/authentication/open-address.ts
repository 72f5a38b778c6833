import type { AuthenticationConfig } from './authentication.config.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Whether only programs on this machine reach what listens there; a path is a Unix socket. */
export function isOwnAddress(host: string): boolean {
  return LOOPBACK.test(host) || host.startsWith('/');
}

/**
 * Keeps the server from listening where others reach it while none of them could prove who they
 * are: the loopback token is for this machine.
 * @param host the address to listen on
 * @param keyCount how many API keys there are
 * @throws Error naming the ways to let others in
 */
export function refuseOpenAddress(
  host: string,
  { isOff, oidc, trustedProxy }: AuthenticationConfig,
  keyCount: number,
): void {
  const isProxyKnown = trustedProxy !== undefined && trustedProxy.ca !== '';
  if (isOwnAddress(host) || isOff || keyCount > 0 || oidc || isProxyKnown) return;
  throw new Error(
    `Refusing to listen on ${host}: others reach it, and none of them could prove who they are. ` +
      'Do one of these: make an API key (skyflo-mcp key new), set OIDC_ISSUER, or set ' +
      'TRUSTED_PROXY_CA and TRUSTED_PROXY_USER_HEADER. Set AUTH=none if something in front of ' +
      'this server decides who may call it, or leave HOST out to listen on 127.0.0.1.',
  );
}
