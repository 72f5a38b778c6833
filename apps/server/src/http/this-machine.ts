import { BlockList } from 'node:net';
import type { IncomingMessage } from 'node:http';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Headers of a proxy that passes on somebody else's request. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * A name of this machine, with or without a port. Any other name may belong to a web page (DNS
 * rebinding).
 */
const OWN_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Whether a request comes from this machine: from a loopback address, to a name of this machine,
 * and without the headers of a proxy.
 */
export function isFromThisMachine({
  headers,
  socket,
}: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const { remoteAddress = '', remoteFamily } = socket;
  const family = remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4';
  // BlockList recognizes IPv4 addresses that are written as IPv6.
  return (
    LOOPBACK.check(remoteAddress, family) &&
    OWN_HOST.test(headers.host ?? '') &&
    FORWARDED.every((name) => headers[name] === undefined)
  );
}
