import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuthenticationConfig } from '#access';
import { CARD_PATH, CATALOG_PATH } from '../http/discovery-paths.js';
import { tagged } from '../http/entity-tag.js';
import { schemeOf } from '../http/host-check.js';
import { aiCatalog, CARD_TYPE, CATALOG_TYPE, serverCard } from './server-card.js';

/**
 * What the SEP asks for: pages of any origin may read the documents, which are the same for all.
 */
const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET',
  'access-control-allow-headers': 'Content-Type, If-None-Match',
  'access-control-expose-headers': 'ETag',
  'cache-control': 'public, max-age=3600',
  // The addresses in them are those by which they were asked for.
  vary: 'Host',
};

/** Serves what clients may read before they connect, without a credential. */
export function serveDiscovery(fastify: FastifyInstance, config: AuthenticationConfig): void {
  const documents = [
    { path: CARD_PATH, type: CARD_TYPE, make: (address: string) => serverCard(address, config) },
    { path: CATALOG_PATH, type: CATALOG_TYPE, make: aiCatalog },
  ];
  for (const { path, type, make } of documents) {
    fastify.get(path, (request, reply) => {
      const text = JSON.stringify(make(config.publicUrl ?? addressOf(request)));
      void reply.headers(HEADERS);
      if (tagged(request, reply, text)) return reply.status(304).send();
      // A text would get a charset, which these types do not have.
      return reply.type(type).send(Buffer.from(text));
    });
    fastify.options(path, (_request, reply) => reply.headers(HEADERS).status(204).send());
  }
}

/** By which the server was asked. Its `Host` has been checked. */
function addressOf({ raw, headers }: FastifyRequest): string {
  return `${schemeOf(raw)}://${headers.host}`;
}
