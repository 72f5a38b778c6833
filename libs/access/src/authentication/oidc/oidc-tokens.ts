import { hash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { ToolError, type Principal } from '#tools';
import { notAnAccessToken } from './access-token.js';
import { IssuerKeys } from './issuer-keys.js';
import { refused } from '../refusal.js';
import { tokenPrincipal, type TokenClaims } from './token-principal.js';

/** Whose tokens are taken, and which of them. */
export interface OidcSettings {
  issuer: string;
  /** What we are called in `aud`; one of them is enough. */
  audiences: readonly string[];
  /** Signatures that are taken, all of them by private keys. */
  algorithms: readonly string[];
  claims: TokenClaims;
}

/** Longer tokens are not looked at. */
const MAX_CHARS = 8_192;

/** How far the clock of the issuer may be from ours. */
const SKEW_SECONDS = 30;

const REMEMBERED = {
  max: 10_000,
  // A token, its principal and the objects around them.
  maxSize: 32 * 1024 * 1024,
  sizeCalculation: ({ bearer = '' }: Principal) => 2 * bearer.length + 1_000,
};

/**
 * The access tokens of an issuer (RFC 9068, RFC 7519). A token is proved once; until it ends or
 * the issuer withdraws a key, it is recognized by its digest.
 */
export class OidcTokens {
  private proved = new LRUCache<string, Principal>(REMEMBERED);
  private readonly keys: IssuerKeys;

  constructor(
    private readonly settings: OidcSettings,
    pace?: ConstructorParameters<typeof IssuerKeys>[2],
  ) {
    this.keys = new IssuerKeys(settings.issuer, () => this.forget(), pace);
  }

  /** @throws ToolError for a token that is not good here */
  principalOf(token: string): Principal | Promise<Principal> {
    if (token.length > MAX_CHARS) throw refused(`a token of ${token.length} characters`);
    const digest = hash('sha256', token, 'base64url');
    const known = this.proved.get(digest);
    if (known && known.expiresAt! > Date.now()) return known;
    return this.prove(token, digest);
  }

  /** Stops reading the keys of the issuer. */
  close(): void {
    this.keys.close();
  }

  /** Tokens of a key that the issuer has withdrawn do not live on. */
  private forget(): void {
    // A token that is being proved by an old key is then remembered where nobody looks.
    this.proved = new LRUCache<string, Principal>(REMEMBERED);
  }

  private async prove(token: string, digest: string): Promise<Principal> {
    const { proved } = this;
    try {
      this.checkBeforeSignature(token);
      const { payload, protectedHeader } = await jwtVerify(token, this.keys.keyFor, this.rules);
      const fault = notAnAccessToken(protectedHeader, payload);
      if (fault !== undefined) throw new Error(fault);
      const expiresAt = (payload.exp! + SKEW_SECONDS) * 1_000;
      const principal = tokenPrincipal(payload, this.settings.claims, { bearer: token, expiresAt });
      proved.set(digest, principal);
      return principal;
    } catch (error) {
      if (error instanceof ToolError) throw error;
      throw refused(`a token that is not good: ${(error as Error).message}`, error);
    }
  }

  /**
   * Refuses what no key could make good, so that strangers cannot make the server ask the issuer
   * for keys.
   */
  private checkBeforeSignature(token: string): void {
    const { alg } = decodeProtectedHeader(token);
    if (alg === undefined || !this.settings.algorithms.includes(alg)) {
      throw new Error(`it is signed by ${JSON.stringify(alg)}`);
    }
    const { iss, aud, exp }: JWTPayload = decodeJwt(token);
    if (iss !== this.settings.issuer) throw new Error('it is of another issuer');
    const audiences = [aud ?? []].flat();
    if (!audiences.some((audience) => this.settings.audiences.includes(audience))) {
      throw new Error(`it is for ${JSON.stringify(audiences)}`);
    }
    const isOver = typeof exp !== 'number' || (exp + SKEW_SECONDS) * 1_000 <= Date.now();
    if (isOver) throw new Error('it has expired, or says not when');
  }

  private get rules() {
    const { issuer, audiences, algorithms } = this.settings;
    return {
      issuer,
      audience: [...audiences],
      algorithms: [...algorithms],
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['exp', 'sub'],
    };
  }
}
