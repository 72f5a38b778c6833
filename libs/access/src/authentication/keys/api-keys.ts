import { randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { FileWatch, isNoSuchFile } from '#base';
import type { Principal } from '#tools';
import { digestOf, parseApiKey } from './api-key.js';
import { readKeyFile, type KeyEntry } from './key-file.js';
import { refused } from '../refusal.js';

/** What the ids of the principals of keys begin with. */
const ID_PREFIX = 'key:';

interface KeyPlace {
  file: string;
  /** Whether the keys may come later. The file of a setting has to be there. */
  mayBeMissing: boolean;
  pepper: KeyObject;
}

interface Known {
  digest: Buffer;
  principal: Principal;
}

/**
 * The API keys of a file, which is read again when it changes. A file that is wrong or gone leaves
 * the keys before in force.
 */
export class ApiKeys {
  private readonly logger = new Logger(ApiKeys.name);
  private known: ReadonlyMap<string, Known>;
  /** What an unknown id is compared with, so that it takes as long as a known one. */
  private readonly nobody = randomBytes(32);
  private readonly watch: FileWatch;

  /** @throws Error for a file that is wrong, or that is missing where it must be there */
  constructor(
    private readonly place: KeyPlace,
    lookEveryMs?: number,
  ) {
    this.watch = new FileWatch(place.file, () => this.readAgain(), {
      everyMs: lookEveryMs,
    });
    try {
      this.known = this.readAtStart();
    } catch (error) {
      this.watch.close();
      throw error;
    }
  }

  /** How many keys there are, ended ones included. */
  get size(): number {
    return this.known.size;
  }

  /** @throws ToolError for what is no key, no key of ours, or one that has ended */
  principalOf(text: string): Principal {
    const key = parseApiKey(text);
    if (!key) throw refused('not of the form of an API key');
    const known = this.known.get(key.id);
    const digest = digestOf(key.secret, this.place.pepper);
    const isEqual = timingSafeEqual(digest, known?.digest ?? this.nobody);
    if (!known || !isEqual) throw refused(`no API key with the id ${key.id} and this secret`);
    const { expiresAt = Infinity } = known.principal;
    if (expiresAt <= Date.now()) throw refused(`the API key ${key.id} has expired`);
    return known.principal;
  }

  /** The principal of a key with the rights that it has now. Any other one as it is. */
  renewed(principal: Principal): Principal {
    const id = principal.id.startsWith(ID_PREFIX) ? principal.id.slice(ID_PREFIX.length) : '';
    return this.known.get(id)?.principal ?? principal;
  }

  /** Stops looking at the file. */
  close(): void {
    this.watch.close();
  }

  private readAtStart(): ReadonlyMap<string, Known> {
    const { file, mayBeMissing } = this.place;
    try {
      return this.read();
    } catch (error) {
      if (!isNoSuchFile(error)) throw error;
      if (mayBeMissing) return new Map();
      throw new Error(`${file} does not exist. Make it with: skyflo-mcp key new`, { cause: error });
    }
  }

  private readAgain(): void {
    try {
      this.known = this.read();
      this.logger.log({ msg: 'read the API keys again', keys: this.size });
    } catch (err) {
      this.logger.error({ msg: 'the API keys before stay in force', keys: this.size, err });
    }
  }

  private read(): ReadonlyMap<string, Known> {
    return new Map(readKeyFile(this.place.file).map((entry) => [entry.id, knownOf(entry)]));
  }
}

function knownOf({ id, principal, groups, scopes, expires, sha256 }: KeyEntry): Known {
  return {
    digest: Buffer.from(sha256, 'hex'),
    principal: {
      id: ID_PREFIX + id,
      name: principal,
      groups,
      scopes,
      expiresAt: expires === undefined ? undefined : Date.parse(expires),
    },
  };
}
