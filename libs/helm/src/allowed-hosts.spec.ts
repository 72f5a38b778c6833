import { describe, expect, it } from 'vitest';
import { AllowedHosts, specialKindOf } from './allowed-hosts.js';

describe(specialKindOf, () => {
  it.each([
    ['127.0.0.1', 'a loopback address'],
    ['::1', 'a loopback address'],
    ['169.254.169.254', 'a link-local address'],
    ['fe80::1%eth0', 'a link-local address'],
    ['10.1.2.3', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.168.0.1', 'a private address'],
    ['100.127.0.1', 'a private address'],
    ['fd00:ec2::254', 'a private address'],
    ['239.1.1.1', 'a multicast address'],
    ['ff02::1', 'a multicast address'],
    ['0.0.0.0', 'a reserved address'],
    ['255.255.255.255', 'a reserved address'],
    ['::', 'a reserved address'],
    ['::ffff:169.254.169.254', 'a link-local address'],
    ['::ffff:a00:1', 'a private address'],
    ['64:ff9b::a9fe:a9fe', 'a link-local address'],
    ['64:ff9b:1::808:808', 'a reserved address'],
    ['2002:7f00:1::', 'a loopback address'],
    ['::7f00:1', 'a reserved address'],
  ])('knows %s as %s', (address, kind) => {
    expect(specialKindOf(address)).toBe(kind);
  });

  it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '64:ff9b::101:101'])(
    'takes %s for public',
    (address) => expect(specialKindOf(address)).toBeUndefined(),
  );
});

describe(AllowedHosts, () => {
  const allowed = new AllowedHosts([
    'charts.internal',
    'Registry.internal:5000',
    '10.1.0.0/16',
    '127.0.0.1:8080',
    'fd00::/8',
    '[::1]:9000',
  ]);

  it('lists names, for one port or all', () => {
    expect(allowed.hasName('charts.internal', '443')).toBe(true);
    expect(allowed.hasName('registry.internal', '5000')).toBe(true);
    expect(allowed.hasName('registry.internal', '443')).toBe(false);
    expect(allowed.hasName('not.charts.internal', '443')).toBe(false);
  });

  it.each([
    ['10.1.255.1', '80', true],
    ['10.2.0.1', '80', false],
    ['::ffff:10.1.0.1', '80', true],
    ['127.0.0.1', '8080', true],
    ['127.0.0.1', '80', false],
    ['fd12::1', '443', true],
    ['::1', '9000', true],
    ['::1', '9001', false],
  ])('has %s at port %s: %s', (address, port, expected) => {
    expect(allowed.hasAddress(address, port)).toBe(expected);
  });

  it.each(['http://charts', '10.0.0.0/33', 'fd00::/129', '*.internal', '127.0.0.1:x'])(
    'refuses %s',
    (entry) => expect(() => new AllowedHosts([entry])).toThrow(`HELM_ALLOWED_HOSTS: "${entry}"`),
  );
});
