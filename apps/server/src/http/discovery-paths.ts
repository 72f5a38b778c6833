/** The server card, below the address of Streamable HTTP, as SEP-2127 reserves it. */
export const CARD_PATH = '/mcp/server-card';
/** What there is on this host (ai-catalog.io). */
export const CATALOG_PATH = '/.well-known/ai-catalog.json';

/**
 * What anybody may read, also pages of any origin: it is the same for everybody and says nothing
 * that only callers may know.
 */
export const DISCOVERY = new RegExp(
  String.raw`^(?:${CARD_PATH}|${CATALOG_PATH.replaceAll('.', String.raw`\.`)})/?(?:\?|$)`,
);
