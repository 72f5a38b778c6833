import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ownerOf, type Principal } from '#tools';
import type { GivenCondition } from '../narrowing/given-conditions.js';

/** What a session id says of its session. */
export interface SessionFacts {
  /** The session's short name, unique among all sessions. */
  readonly key: string;
  /** Seconds since the epoch. */
  readonly openedAt: number;
  readonly protocolVersion: string;
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly capabilities: Readonly<Record<string, unknown>>;
  /** As `ownerMark`. */
  readonly owner: string;
  /** How the client has narrowed what it sees. */
  readonly conditions: readonly GivenCondition[];
}

/** Ids of another form are unknown. */
const FORM = 1;

/** What an id has room for: some servers take no more than 8 kB of headers. */
const MAX_NAME_CHARS = 100;
const MAX_CAPABILITIES_CHARS = 1_000;

/**
 * Makes and reads session ids that say all that a server has to know of a session, signed with
 * HMAC-SHA-256 (RFC 2104). Any server with the same secret goes on with the session.
 */
export class SessionIds {
  /** @param now in milliseconds since the epoch */
  constructor(
    private readonly secret: Buffer,
    private readonly maxAgeSeconds: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Opens a session. */
  issue(opened: Omit<SessionFacts, 'key' | 'openedAt'>): { id: string; facts: SessionFacts } {
    const { name, version } = opened.clientInfo;
    const facts: SessionFacts = {
      ...opened,
      key: randomBytes(16).toString('base64url'),
      openedAt: Math.floor(this.now() / 1_000),
      clientInfo: {
        name: name.slice(0, MAX_NAME_CHARS),
        version: version.slice(0, MAX_NAME_CHARS),
      },
      capabilities: bounded(opened.capabilities),
    };
    const text = Buffer.from(JSON.stringify([FORM, facts])).toString('base64url');
    return { id: `${text}.${this.sign(text).toString('base64url')}`, facts };
  }

  /** Undefined for an id that this server would not have issued, and for one that is too old. */
  read(id: string): SessionFacts | undefined {
    const [text = '', signature = '', ...more] = id.split('.');
    const given = Buffer.from(signature, 'base64url');
    const own = this.sign(text);
    if (more.length > 0 || given.length !== own.length || !timingSafeEqual(given, own)) {
      return undefined;
    }
    const json = Buffer.from(text, 'base64url').toString();
    const [form, facts] = JSON.parse(json) as [number, SessionFacts];
    if (form !== FORM || this.now() / 1_000 > facts.openedAt + this.maxAgeSeconds) return undefined;
    return facts;
  }

  private sign(text: string): Buffer {
    return createHmac('sha256', this.secret).update(text).digest();
  }
}

/** Tells owners apart without their names, which a session id is not to tell. */
export function ownerMark(principal: Principal): string {
  return hash('sha256', ownerOf(principal) ?? '', 'base64url').slice(0, 22);
}

/** Only the names of capabilities that say much more of themselves. */
function bounded(capabilities: SessionFacts['capabilities']): SessionFacts['capabilities'] {
  if (JSON.stringify(capabilities).length <= MAX_CAPABILITIES_CHARS) return capabilities;
  const names = Object.keys(capabilities).filter((name) => name.length <= MAX_NAME_CHARS);
  return Object.fromEntries(names.slice(0, 8).map((name) => [name, {}]));
}
