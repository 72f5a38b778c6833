import type { AuthenticationConfig } from '#access';
import { CARD_PATH } from '../http/discovery-paths.js';
import { SERVER_DESCRIPTION } from '../mcp/wire/server-identity.js';

/** The media type of a card (SEP-2127). */
export const CARD_TYPE = 'application/mcp-server-card+json';
/** The media type of a catalog (ai-catalog.io, 0.9). */
export const CATALOG_TYPE = 'application/ai-catalog+json';

const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json';
/** As in server.json. The namespace is that of the repository. */
const REGISTRY_NAME = 'io.github.skyflo-ai/skyflo-mcp';
const PUBLISHER = 'skyflo.ai';
const REPOSITORY = { url: 'https://github.com/skyflo-ai/skyflo', source: 'github' };

/** The versions that clients may negotiate at each address. */
const VERSIONS = {
  streamable: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'],
  sse: ['2024-11-05'],
};

type Authentication = Pick<AuthenticationConfig, 'isOff' | 'oidc'>;

/**
 * What strangers may know before they connect: who this server is and where. As the SEP has it,
 * tools and capabilities are not part of it.
 * @param address of the server, without a slash at its end
 * @see https://github.com/modelcontextprotocol/experimental-ext-server-card
 */
export function serverCard(address: string, authentication: Authentication) {
  const { title, version, description, websiteUrl, icons } = SERVER_DESCRIPTION;
  const headers = headersOf(authentication);
  return {
    $schema: SCHEMA,
    name: REGISTRY_NAME,
    version,
    title,
    description,
    websiteUrl,
    repository: REPOSITORY,
    icons,
    remotes: [
      {
        type: 'streamable-http',
        url: `${address}/mcp`,
        ...headers,
        supportedProtocolVersions: VERSIONS.streamable,
      },
      {
        type: 'sse',
        url: `${address}/sse`,
        ...headers,
        supportedProtocolVersions: VERSIONS.sse,
      },
    ],
  };
}

/** The entry point of clients that know no more than the host. */
export function aiCatalog(address: string) {
  return {
    specVersion: '0.9',
    entries: [
      {
        identifier: `urn:air:${PUBLISHER}:${REGISTRY_NAME.split('/')[1]}`,
        displayName: SERVER_DESCRIPTION.title,
        type: CARD_TYPE,
        url: `${address}${CARD_PATH}`,
      },
    ],
  };
}

/** A client of OAuth finds out by itself how to get a token. */
function headersOf({ isOff, oidc }: Authentication) {
  if (isOff) return {};
  return {
    headers: [
      {
        name: 'Authorization',
        description: 'An API key of this server, or an access token.',
        value: 'Bearer {token}',
        isRequired: oidc === undefined,
        isSecret: true,
        variables: { token: { isRequired: oidc === undefined, isSecret: true } },
      },
    ],
  };
}
