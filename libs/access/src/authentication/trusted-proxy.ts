import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Principal } from '#tools';
import { certificatesIn } from './certificates.js';
import { refused } from './refusal.js';

/** How a proxy in front of the server proves itself, and how it names callers. */
export interface TrustedProxySettings {
  /** PEM of the authorities that issue the client certificate of the proxy; empty for none. */
  ca: string;
  /** Names of headers, in lower case. */
  userHeader: string;
  groupsHeader: string;
}

/** A request, as far as it says who sent it. */
export interface ProxiedRequest {
  headers: IncomingHttpHeaders;
  socket: Socket;
  /**
   * Whether it came over a Unix socket, by the address that the server listens on. The connection
   * cannot tell: one over TCP loses its address too when the client hangs up.
   */
  isUnixSocket?: boolean | undefined;
}

const READABLE = /^[^\p{C},]{1,256}$/u;

/**
 * Takes the word of a proxy for who calls. The proxy is known by a client certificate of a given
 * authority, or by the permissions of a Unix socket. It must replace both headers in what it
 * forwards, or callers could write them.
 */
export class TrustedProxy {
  private readonly authorities: readonly X509Certificate[];
  /** A connection belongs to one peer from its beginning to its end. */
  private readonly isProxyBySocket = new WeakMap<Socket, boolean>();

  /** @throws Error if the authorities are no certificates */
  constructor(private readonly settings: TrustedProxySettings) {
    this.authorities = settings.ca === '' ? [] : certificatesIn(settings.ca);
  }

  /**
   * Who calls, in the words of the proxy. Undefined if the peer is not the proxy, or names nobody:
   * then the headers count for nothing.
   * @throws ToolError if the proxy names somebody in a way that cannot be read
   */
  principalOf({ headers, socket, isUnixSocket = false }: ProxiedRequest): Principal | undefined {
    const { userHeader, groupsHeader } = this.settings;
    const user = headers[userHeader];
    if (user === undefined || !(isUnixSocket || this.isProxy(socket))) return undefined;
    // Node joins headers of one name by commas: one of them may be the caller's.
    if (typeof user !== 'string' || !READABLE.test(user)) {
      throw refused(`${userHeader} of the proxy is not one name`);
    }
    const groups = [headers[groupsHeader] ?? []]
      .flat()
      .flatMap((value) => value.split(','))
      .map((group) => group.trim())
      .filter((group) => READABLE.test(group));
    return { id: `proxy:${user}`, name: user, groups };
  }

  private isProxy(socket: Socket): boolean {
    let isProxy = this.isProxyBySocket.get(socket);
    if (isProxy === undefined) {
      isProxy = socket instanceof TLSSocket && this.isCertified(socket);
      this.isProxyBySocket.set(socket, isProxy);
    }
    return isProxy;
  }

  /**
   * `authorized` says that the peer has the key of a certificate which the server takes. The server
   * may take those of other authorities too, so the one that issued it has to be ours.
   */
  private isCertified(socket: TLSSocket): boolean {
    const certificate = socket.getPeerX509Certificate();
    if (!socket.authorized || !certificate) return false;
    return this.authorities.some((authority) => isIssuedBy(certificate, authority));
  }
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}
