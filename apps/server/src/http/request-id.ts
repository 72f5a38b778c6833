import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The header by which a request and its answer name the request. */
export const REQUEST_ID = 'x-request-id';

/** What is harmless in a log, and no longer than what anybody makes. */
const VALID = /^[\w.:/+=@-]{1,128}$/;

/** The id of a request: what its sender calls it, or a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return requestIdIn(headers);
}

/** The id in the headers of a request. One that is made stands there from now on. */
export function requestIdIn(headers: Record<string, unknown>): string {
  const given = headers[REQUEST_ID];
  if (typeof given === 'string' && VALID.test(given)) return given;
  const made = randomUUID();
  headers[REQUEST_ID] = made;
  return made;
}
