import {
  ServerResponse,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
} from 'node:http';
import helmet, { type HelmetOptions } from 'helmet';

/**
 * Swagger UI sets styles inside its page, and has its icons in data URLs. What TLS needs is left to
 * whoever ends it, as this server speaks HTTP: the headers for it would lock people out, and
 * browsers complain of the others that only count over TLS. The last four are for Flash and for
 * browsers that nobody uses any more; each header costs every answer something.
 */
const OPTIONS: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
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
 * An answer with the headers that keep browsers from making more of it than it is, whoever writes
 * it. They are given to Node together with the others: a header that is set by itself makes every
 * answer slower.
 */
export class SecuredResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  override writeHead(
    statusCode: number,
    reason?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
    headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    const given = typeof reason === 'string' ? headers : (headers ?? reason);
    const all = Array.isArray(given)
      ? [...Object.entries(SECURITY_HEADERS).flat(), ...given]
      : { ...SECURITY_HEADERS, ...given };
    return typeof reason === 'string'
      ? super.writeHead(statusCode, reason, all)
      : super.writeHead(statusCode, all);
  }
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
