import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import { SqlDatabase, type Migrations } from '#store';
import { mcpConfig, type McpConfig } from '../mcp.config.js';
import { SessionIds, type SessionFacts } from './session-id.js';

/** What a session id cannot say, as it comes later. */
export interface SessionState {
  readonly isEnded?: boolean;
  /** The least level of the log messages that the client wants. */
  readonly logLevel?: string | undefined;
}

type Schema = {
  shared_secrets: { name: string; value: string };
  mcp_sessions: {
    key: string;
    is_ended: number;
    log_level: string | null;
    /** ISO 8601 in UTC. */
    expires_at: string;
  };
};

/** The tables of sessions. */
export const SESSION_MIGRATIONS: Migrations = {
  '0006_mcp_sessions': {
    async up(db) {
      await db.schema
        .createTable('shared_secrets')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('mcp_sessions')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('is_ended', 'integer', (column) => column.notNull())
        .addColumn('log_level', 'text')
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('mcp_sessions_by_end')
        .on('mcp_sessions')
        .column('expires_at')
        .execute();
    },
  },
};

const SECRET = 'mcp-sessions';

/** How long another server may take to hear that a session has ended, in milliseconds. */
const FRESH_MS = 5_000;
const MAX_CACHED = 10_000;

/** Rows that are kept, and how many are written between two looks at their number. */
const MAX_ROWS = 100_000;
const WRITES_A_LOOK = 1_000;

/**
 * What servers that share a database have to know of sessions: the secret that signs their ids,
 * and which of them have ended or asked for log messages. Nothing is stored of the others.
 */
@Injectable()
export class SessionStore implements OnModuleInit {
  private readonly logger = new Logger('Sessions');
  private readonly states = new LRUCache<string, SessionState>({ max: MAX_CACHED, ttl: FRESH_MS });
  private readonly kysely: Kysely<Schema>;
  private signer: SessionIds | undefined;
  private writes = 0;

  constructor(
    private readonly database: SqlDatabase,
    @Inject(mcpConfig.KEY) private readonly config: McpConfig,
  ) {
    database.contribute(SESSION_MIGRATIONS);
    this.kysely = database.kysely.withTables<Schema>();
  }

  /** @throws Error as `SqlDatabase.migrate`, which stops the start */
  async onModuleInit(): Promise<void> {
    await this.database.migrate();
    this.signer = new SessionIds(await this.secret(), this.config.sessionMaxAgeSeconds);
  }

  get ids(): SessionIds {
    if (!this.signer) throw new Error('Sessions are opened before the server has started.');
    return this.signer;
  }

  /** What is stored of a session. While the database is away, it goes on as if nothing were. */
  async stateOf({ key }: SessionFacts): Promise<SessionState> {
    const known = this.states.get(key);
    if (known) return known;
    try {
      const row = await this.kysely
        .selectFrom('mcp_sessions')
        .select(['is_ended', 'log_level'])
        .where('key', '=', key)
        .executeTakeFirst();
      const state = { isEnded: row?.is_ended === 1, logLevel: row?.log_level ?? undefined };
      this.states.set(key, state);
      return state;
    } catch {
      return {};
    }
  }

  /** Notes that another server has ended a session. */
  noteEnd(key: string): void {
    this.states.set(key, { isEnded: true });
  }

  /** Ends a session for all servers. @throws Error if that cannot be stored */
  async end(session: SessionFacts): Promise<void> {
    await this.keep(session, { isEnded: true });
  }

  /** Keeps the log level of a session as well as that can be done. */
  async keepLogLevel(session: SessionFacts, logLevel: string): Promise<void> {
    await this.keep(session, { logLevel }).catch((error: unknown) => {
      this.logger.warn(`A log level is not kept: ${(error as Error).message}`);
    });
  }

  private async keep({ key, openedAt }: SessionFacts, state: SessionState): Promise<void> {
    const { isEnded, logLevel } = state;
    const changed = isEnded ? { is_ended: 1 } : { log_level: logLevel };
    const endsAt = (openedAt + this.config.sessionMaxAgeSeconds) * 1_000;
    await this.kysely
      .insertInto('mcp_sessions')
      .values({ key, is_ended: 0, ...changed, expires_at: new Date(endsAt).toISOString() })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(changed))
      .execute();
    this.states.set(key, state);
    if (this.writes++ % WRITES_A_LOOK === 0) await this.forget();
  }

  /**
   * Forgets what has expired, and what there is no room for. A session that was ended by its client
   * could be used again then, by nobody else.
   */
  private async forget(): Promise<void> {
    const oldest = await this.kysely
      .selectFrom('mcp_sessions')
      .select('expires_at')
      .orderBy('expires_at', 'desc')
      .offset(MAX_ROWS)
      .limit(1)
      .executeTakeFirst();
    const now = new Date().toISOString();
    const before = oldest && oldest.expires_at > now ? oldest.expires_at : now;
    await this.kysely.deleteFrom('mcp_sessions').where('expires_at', '<=', before).execute();
  }

  /** The first server makes it, and the others take it. */
  private async secret(): Promise<Buffer> {
    await this.kysely
      .insertInto('shared_secrets')
      .values({ name: SECRET, value: randomBytes(32).toString('base64') })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    const { value } = await this.kysely
      .selectFrom('shared_secrets')
      .select('value')
      .where('name', '=', SECRET)
      .executeTakeFirstOrThrow();
    return Buffer.from(value, 'base64');
  }
}
