import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { ownerOf } from '#tools';
import { provedPrincipalOf } from './authentication.js';

/** An IPv4 address as a socket for both IPv4 and IPv6 shows it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Groups of an IPv6 address that name its network (RFC 4291, 2.5.4). One caller has all of it. */
const NETWORK_GROUPS = 4;

/** The caller of a request: its principal or, where nobody has to prove anything, its address. */
export function callerOf(request: IncomingMessage): string {
  return ownerOf(provedPrincipalOf(request)) ?? callerAt(request.socket.remoteAddress);
}

/** The caller behind an address: an IPv4 address itself, or the /64 network of an IPv6 address. */
export function callerAt(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (!address.includes(':')) return address;
  const [, mapped] = MAPPED.exec(address) ?? [];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [left = '', right] = address.split('%', 1)[0]!.split('::');
  const groups = left.split(':').filter(Boolean);
  const tail = right?.split(':').filter(Boolean) ?? [];
  const gap = Math.max(0, 8 - groups.length - tail.length);
  const all =
    right === undefined ? groups : [...groups, ...Array.from({ length: gap }, () => '0'), ...tail];
  const network = all.slice(0, NETWORK_GROUPS).map((group) => parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
