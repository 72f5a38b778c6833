import { BlockList, isIP } from 'node:net';

/**
 * Networks whose addresses do not belong to the public internet: IANA's special-purpose registries,
 * and multicast.
 */
const SPECIAL: readonly (readonly [kind: string, networks: readonly string[]])[] = [
  ['a loopback address', ['127.0.0.0/8', '::1/128']],
  ['a link-local address', ['169.254.0.0/16', 'fe80::/10']],
  [
    'a private address',
    ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10'],
  ],
  ['a multicast address', ['224.0.0.0/4', 'ff00::/8']],
  [
    'a reserved address',
    [
      '0.0.0.0/8',
      '192.0.0.0/24',
      '192.0.2.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '240.0.0.0/4',
      '::/96',
      '64:ff9b:1::/48',
      '100::/64',
      '2001::/23',
      '2001:db8::/32',
      '3fff::/20',
      '5f00::/16',
    ],
  ],
];

/**
 * IPv6 networks whose addresses contain an IPv4 address, with its offset in bytes: mapped, NAT64,
 * 6to4.
 */
const EMBEDDING: readonly (readonly [network: string, offset: number])[] = [
  ['::ffff:0:0/96', 12],
  ['64:ff9b::/96', 12],
  ['2002::/16', 2],
];

const LISTS = SPECIAL.map(([kind, networks]) => [kind, listOf(networks)] as const);
const EMBEDDINGS = EMBEDDING.map(([network, offset]) => [listOf([network]), offset] as const);

/**
 * The kind of an address that does not belong to the public internet; undefined for a public one.
 */
export function specialKindOf(address: string): string | undefined {
  const inner = embeddedIn(address);
  if (inner !== undefined) return specialKindOf(inner);
  return LISTS.find(([, list]) => list.check(address, typeOf(address)))?.[0];
}

/** Hosts that charts may come from although they are not public: `HELM_ALLOWED_HOSTS`. */
export class AllowedHosts {
  private readonly names = new Set<string>();
  private readonly networks: { list: BlockList; port: string }[] = [];

  /**
   * @param entries names, addresses or networks such as `10.0.0.0/8`, each with or without a port.
   * @throws Error that names an entry which is none of these
   */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.add(entry);
  }

  /** Whether a host is listed by its name. */
  hasName(name: string, port: string): boolean {
    return this.names.has(`${name}:`) || this.names.has(`${name}:${port}`);
  }

  /** Whether an address or its network is listed. */
  hasAddress(address: string, port: string): boolean {
    const inner = embeddedIn(address);
    if (inner !== undefined && this.hasAddress(inner, port)) return true;
    return this.networks.some(
      ({ list, port: only }) =>
        (only === '' || only === port) && list.check(address, typeOf(address)),
    );
  }

  private add(entry: string): void {
    const isBareIPv6 = isIP(entry.split('/')[0] ?? '') === 6;
    const [, bracketed, plain = '', port = ''] = isBareIPv6
      ? [entry, entry]
      : (/^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(entry) ?? []);
    const host = bracketed ?? plain;
    const [address = '', prefix] = host.split('/');
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    const isNetwork = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
    if (family > 0 && isNetwork) {
      this.networks.push({ list: listOf([`${address}/${prefix ?? most}`]), port });
    } else if (family === 0 && /^\w([\w.-]*\w)?$/.test(host)) {
      this.names.add(`${host.toLowerCase()}:${port}`);
    } else {
      throw new Error(
        `HELM_ALLOWED_HOSTS: "${entry}" must be a name, an address or a network such as 10.0.0.0/8, with or without a port`,
      );
    }
  }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), typeOf(address));
  }
  return list;
}

function typeOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** The IPv4 address inside an IPv6 address, if there is one. */
function embeddedIn(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const found = EMBEDDINGS.find(([list]) => list.check(address, 'ipv6'));
  if (!found) return undefined;
  return [...bytesOf(address).subarray(found[1], found[1] + 4)].join('.');
}

/** The sixteen bytes of an IPv6 address. The parser of URLs writes it without a dotted end. */
function bytesOf(address: string): Buffer {
  const [plain = ''] = address.split('%');
  const text = new URL(`http://[${plain}]/`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [left, right] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const all = [...left, ...zeros, ...right].map((group) => group.padStart(4, '0'));
  return Buffer.from(all.join(''), 'hex');
}
