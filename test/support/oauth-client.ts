import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';

/** What a client of the official SDK keeps of an authorization, in memory. */
export class OAuthMemory implements OAuthClientProvider {
  readonly redirectUrl = 'https://client.test/callback';
  /** Where it wants to send its user. */
  authorization: URL | undefined;
  kept: OAuthTokens | undefined;
  private client: OAuthClientInformationMixed | undefined;
  private verifier = '';

  /**
   * @param clientId that of a client that the issuer knows; registers itself unless given
   */
  constructor(
    private readonly grants: string[] = ['authorization_code'],
    clientId?: string,
  ) {
    if (clientId !== undefined) this.client = { client_id: clientId };
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'test',
      redirect_uris: [this.redirectUrl],
      grant_types: this.grants,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  clientInformation() {
    return this.client;
  }

  saveClientInformation(client: OAuthClientInformationMixed) {
    this.client = client;
  }

  tokens() {
    return this.kept;
  }

  saveTokens(tokens: OAuthTokens) {
    this.kept = tokens;
  }

  redirectToAuthorization(url: URL) {
    this.authorization = url;
  }

  saveCodeVerifier(verifier: string) {
    this.verifier = verifier;
  }

  codeVerifier() {
    return this.verifier;
  }
}
