import { ChoiceSetting, TextSetting } from '#tools';

/** Signatures by private keys. Those by a shared secret (`HS…`) could be made by any service. */
const ALGORITHM = '(RS|PS|ES)(256|384|512)|EdDSA|Ed25519';

const ALGORITHMS = new RegExp(`^ *(${ALGORITHM}) *(, *(${ALGORITHM}) *)*$`);

const HEADER = {
  pattern: /^[A-Za-z0-9-]*$/,
  means: 'a header such as "X-Forwarded-User"',
};

/** The settings of authentication. */
export class AuthenticationEnvironment {
  @ChoiceSetting({
    choices: ['none'],
    description:
      'How callers prove who they are. `none`: they need not; something in front of the server ' +
      'decides who may call it. See [authentication.md](authentication.md).',
    otherwise: 'the loopback token, and what is set here',
  })
  AUTH = '';

  @TextSetting({
    description: 'The file of API keys, as `skyflo-mcp key new` writes it.',
    otherwise: '`~/.local/state/skyflo-mcp/api-keys.json`',
  })
  API_KEYS_FILE = '';

  @TextSetting({
    description: 'The file of the secret that the digests of API keys are made with.',
    otherwise: '`~/.local/state/skyflo-mcp/api-keys-pepper`',
  })
  API_KEYS_PEPPER_FILE = '';

  @TextSetting({
    description:
      'What the server is called outside, e.g. `https://skyflo.example.com`. Tokens for it or ' +
      'for its `/mcp` are taken. Where `TLS_CERT_FILE` is not set, `https` says that a proxy in ' +
      'front ends TLS.',
    format: { pattern: /^(https?:\/\/[^\s?#@]+)?$/, means: 'a URL without a query' },
  })
  PUBLIC_URL = '';

  @TextSetting({
    description: 'The issuer whose access tokens are taken, as it writes itself in `iss`.',
    format: { pattern: /^(https?:\/\/[^\s?#@]+)?$/, means: 'a URL without a query' },
  })
  OIDC_ISSUER = '';

  @TextSetting({
    isList: true,
    description: 'What tokens must have in `aud`. Of several, joined by commas, one is enough.',
    otherwise: '`PUBLIC_URL`, with or without `/mcp`',
  })
  OIDC_AUDIENCE = '';

  @TextSetting({
    isList: true,
    description: 'The signatures that are taken.',
    format: { pattern: ALGORITHMS, means: 'names such as "RS256,ES256"' },
  })
  OIDC_ALGORITHMS = 'RS256,PS256,ES256,EdDSA,Ed25519';

  @TextSetting({
    description: 'The claim that lists the groups. Dots lead into objects: `realm_access.roles`.',
  })
  OIDC_GROUPS_CLAIM = 'groups';

  @TextSetting({ description: 'The claim that says how people know the caller.' })
  OIDC_NAME_CLAIM = 'preferred_username';

  @TextSetting({
    description:
      'A PEM file of authorities. A proxy with a client certificate that one of them has issued ' +
      'may say who calls. It needs `TLS_CERT_FILE`.',
  })
  TRUSTED_PROXY_CA = '';

  @TextSetting({
    description: 'The header in which the proxy names the caller.',
    format: HEADER,
  })
  TRUSTED_PROXY_USER_HEADER = '';

  @TextSetting({
    description: 'The header in which the proxy lists the groups of the caller.',
    format: HEADER,
  })
  TRUSTED_PROXY_GROUPS_HEADER = 'X-Forwarded-Groups';

  @TextSetting({
    description:
      'The PEM file of the certificate that the server shows. The server then speaks HTTPS. A ' +
      'change of the file takes effect within seconds.',
  })
  TLS_CERT_FILE = '';

  @TextSetting({ description: 'The PEM file of the key of that certificate.' })
  TLS_KEY_FILE = '';

  @TextSetting({
    description: 'The folder of the default files.',
    otherwise: '`~/.local/state`',
  })
  XDG_STATE_HOME = '';
}
