import {
  ServerResponse,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
} from 'node:http';
import helmet, { type HelmetOptions } from 'helmet';
import { REQUEST_ID, requestIdOf } from './request-id.js';

/** Swagger UI has inline styles, and its icons are data URLs. */
const DIRECTIVES = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/**
 * The headers that only work over TLS
 * are off: `Strict-Transport-Security` holds for all ports of a host, and would lock people out of
 * the others, and over HTTP browsers warn about the rest. The last four headers are for Flash and
 * for old browsers. They are off because each header makes every answer slower.
 */
const OPTIONS: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: DIRECTIVES,
  },
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'same-origin' },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  dnsPrefetchControl: false,
  ieNoOpen: false,
  permittedCrossDomainPolicies: false,
  xssFilter: false,
};

const SECURITY_HEADERS = headersOf(OPTIONS);

/**
 * An answer that always has the security headers and the id of its request, no matter which code
 * writes it. Node gets them together with the other headers, because a separate `setHeader` makes
 * every answer slower.
 */
export class SecuredResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  override writeHead(
    statusCode: number,
    reason?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
    headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    const id = requestIdOf(this.req);
    const given = typeof reason === 'string' ? headers : (headers ?? reason);
    const all = Array.isArray(given)
      ? [...Object.entries(SECURITY_HEADERS).flat(), REQUEST_ID, id, ...given]
      : { ...SECURITY_HEADERS, [REQUEST_ID]: id, ...given };
    return typeof reason === 'string'
      ? super.writeHead(statusCode, reason, all)
      : super.writeHead(statusCode, all);
  }
}

/** The `Content-Security-Policy` of pages that may send requests to one more origin. */
export function policyAllowing(origin: string): string {
  const directives = { ...DIRECTIVES, connectSrc: [...DIRECTIVES.connectSrc, origin] };
  const headers = headersOf({ contentSecurityPolicy: { useDefaults: false, directives } });
  return headers['content-security-policy']!;
}

function headersOf(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => {},
  };
  helmet(options)({} as never, response as never, () => {});
  return headers;
}
