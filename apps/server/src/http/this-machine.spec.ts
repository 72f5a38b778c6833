import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isFromThisMachine } from './this-machine.js';

const from = (remoteAddress: string, host: string) =>
  isFromThisMachine({
    headers: { host },
    socket: {
      remoteAddress,
      remoteFamily: remoteAddress.includes(':') ? 'IPv6' : 'IPv4',
    } as Socket,
  });

describe(isFromThisMachine, () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('takes %s for it', (address) => {
    expect(from(address, 'localhost:8081')).toBe(true);
  });

  it.each(['10.0.0.7', '::ffff:10.0.0.7', 'fe80::1', ''])('takes %j for another', (address) => {
    expect(from(address, 'localhost:8081')).toBe(false);
  });

  it.each(['rebound.example.com', '127.0.0.1.example.com', '10.0.0.7', '', 'me@localhost'])(
    'takes none who calls it %j',
    (host) => expect(from('127.0.0.1', host)).toBe(false),
  );
});
