import { isIPv6 } from 'node:net';

/** How an IPv4 address looks to a socket that listens for IPv6 too. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/**
 * Groups of an IPv6 address that name the network; whoever has one address has all of it (RFC 4291,
 * 2.5.4).
 */
const NETWORK_GROUPS = 4;

/** Who calls from an address: the address, but of an IPv6 address its /64. */
export function callerAt(address: string | undefined): string {
  if (address === undefined) return 'unknown';
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
