import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

/** Finds the addresses of hosts, as other programs of this machine do. */
@Injectable()
export class HostNames {
  /** @throws Error for an unknown host */
  addressesOf(host: string): Promise<LookupAddress[]> {
    return lookup(host, { all: true });
  }
}
