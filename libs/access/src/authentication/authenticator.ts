import type { OnApplicationShutdown } from '@nestjs/common';
import { ToolError, type Principal } from '#tools';
import { API_KEY_PREFIX } from './keys/api-key.js';
import { ApiKeys } from './keys/api-keys.js';
import type { AuthenticationConfig } from './authentication.config.js';
import { bearerOf } from './bearer.js';
import { LOOPBACK_TOKEN_PREFIX, LoopbackToken } from './loopback-token.js';
import { OidcTokens } from './oidc/oidc-tokens.js';
import { readPepper } from './keys/pepper.js';
import { ANYBODY } from './principals.js';
import { refused } from './refusal.js';
import { TrustedProxy, type ProxiedRequest } from './trusted-proxy.js';

/** A request, as far as it says who sent it. */
export interface AuthenticationRequest extends ProxiedRequest {
  /** Whether its target has a token in the query (`hasQueryToken`). */
  isQueryToken?: boolean;
}

/** What the server takes for who somebody is. */
interface Means {
  loopback: LoopbackToken;
  keys: ApiKeys;
  oidc: OidcTokens | undefined;
  proxy: TrustedProxy | undefined;
}

/**
 * Says who calls. The shape of a credential says which kind it is, so one kind is tried, and a
 * credential of one kind can never pass as one of another.
 */
export class Authenticator implements OnApplicationShutdown {
  private constructor(private readonly means: Means | undefined) {}

  /**
   * Reads the files that the configuration names. Where none is named, the state folder has them.
   * @throws Error naming the file that is missing or wrong, which stops the start
   */
  static start(config: AuthenticationConfig): Authenticator {
    if (config.isOff) return new Authenticator(undefined);
    const { stateFolder, apiKeys, oidc, trustedProxy } = config;
    return new Authenticator({
      loopback: LoopbackToken.in(stateFolder),
      keys: new ApiKeys({
        file: apiKeys.file,
        mayBeMissing: !apiKeys.isFileSet,
        pepper: readPepper({ file: apiKeys.pepperFile, folder: stateFolder }),
      }),
      proxy: trustedProxy && new TrustedProxy(trustedProxy),
      oidc: oidc && new OidcTokens(oidc),
    });
  }

  /** The token for callers on this machine; undefined where authentication is switched off. */
  get loopbackToken(): LoopbackToken | undefined {
    return this.means?.loopback;
  }

  /** How many API keys there are. */
  get keyCount(): number {
    return this.means?.keys.size ?? 0;
  }

  /**
   * Who sends a request. At once for the loopback token, keys, the proxy, and tokens that have been
   * proved before; later for a token that is new.
   * @throws ToolError `unauthenticated` if nothing proves it; its cause has the reason, for the log
   */
  authenticate(request: AuthenticationRequest): Principal | Promise<Principal> {
    if (!this.means) return ANYBODY;
    if (request.isQueryToken) {
      throw new ToolError(
        'unauthenticated',
        'A token in the address is not taken, as logs have addresses. Send it as "Authorization: Bearer …".',
      );
    }
    const { loopback, keys, oidc, proxy } = this.means;
    const proxied = proxy?.principalOf(request);
    if (proxied) return proxied;
    const credential = bearerOf(request.headers.authorization);
    if (credential.startsWith(LOOPBACK_TOKEN_PREFIX)) {
      return loopback.principalOf(credential, request.socket);
    }
    if (credential.startsWith(API_KEY_PREFIX)) return keys.principalOf(credential);
    if (oidc) return oidc.principalOf(credential);
    throw refused('neither a key nor a loopback token, and OIDC_ISSUER is not set');
  }

  /**
   * A principal that has proved itself before, with the rights that its key has now. The rights of
   * a token stay the same as long as it is good.
   */
  renewed(principal: Principal): Principal {
    return this.means?.keys.renewed(principal) ?? principal;
  }

  onApplicationShutdown(): void {
    this.means?.keys.close();
    this.means?.oidc?.close();
  }
}
