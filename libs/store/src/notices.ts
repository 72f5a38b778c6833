import { EventEmitter } from 'node:events';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Client } from 'pg';
import { connectionOptions } from './postgres-connections.js';
import { PostgresDatabase } from './postgres-database.js';
import { SqlDatabase } from './sql-database.js';
import { storeConfig, type StoreConfig } from './store.config.js';

const RECONNECT_MS = 1_000;
const TIMEOUT_MS = 5_000;

/** Notices that wait to be sent. Beyond that the newest are dropped: nobody may rely on them. */
const MAX_WAITING = 10_000;
/** Notices that are sent with one statement. */
const MAX_AT_ONCE = 500;

const SEND = `
select pg_notify(channel, payload)
from json_to_recordset($1) as notice (channel text, payload text)`;

interface Notice {
  channel: string;
  payload: string;
}

/**
 * What servers that share a PostgreSQL database tell each other at once (`LISTEN`, `NOTIFY`). A
 * server with SQLite is alone: it hears nothing. A notice may be lost.
 */
@Injectable()
export class Notices {
  /** `connected`: others can be heard, and may have said something before; `lost`: they cannot. */
  readonly events = new EventEmitter<{ connected: []; lost: [] }>();
  private readonly logger = new Logger(Notices.name);
  private readonly listeners = new Map<string, (payload: string) => void>();
  private readonly waiting: Notice[] = [];
  private isSending = false;
  private client: Client | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    @Inject(storeConfig.KEY) private readonly config: StoreConfig,
    private readonly database: SqlDatabase,
  ) {}

  /** Whether other servers may share the database. */
  get hearsOthers(): boolean {
    return this.config.databaseUrl !== undefined;
  }

  /** Has a channel heard. Constructors call it, so that it comes before `open`. */
  on(channel: string, listener: (payload: string) => void): void {
    this.listeners.set(channel, listener);
  }

  /** Begins to listen. Tried again by itself while the database is away. */
  async open(): Promise<void> {
    const { databaseUrl } = this.config;
    if (!databaseUrl) return;
    const { Client: PostgresClient } = await import('pg');
    const client = new PostgresClient({
      ...connectionOptions(databaseUrl),
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ channel, payload = '' }) =>
      this.listeners.get(channel)?.(payload),
    );
    this.client = client;
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`listen ${channel}`);
      this.events.emit('connected');
    } catch (error) {
      this.logger.warn(`Not connected to other replicas: ${(error as Error).message}`);
      this.lost(client);
    }
  }

  /**
   * Checks whether the other servers can still be heard. A connection may be dead without any sign.
   */
  async check(): Promise<void> {
    const { client } = this;
    await client?.query('select 1').catch(() => this.lost(client));
  }

  /**
   * Tells all servers, this one too.
   * @param payload at most 8,000 bytes, which is what PostgreSQL takes
   */
  send(channel: string, payload: string): void {
    if (!(this.database instanceof PostgresDatabase) || this.waiting.length >= MAX_WAITING) return;
    this.waiting.push({ channel, payload });
    if (!this.isSending) void this.sendAll(this.database);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnect);
    await this.client?.end().catch(() => {});
  }

  private async sendAll(database: PostgresDatabase): Promise<void> {
    this.isSending = true;
    // What comes in the same turn of the event loop goes along.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const notices = this.waiting.splice(0, MAX_AT_ONCE);
      await database.query(SEND, [JSON.stringify(notices)]).catch((error: unknown) => {
        this.logger.warn(`Other replicas were not told: ${(error as Error).message}`);
      });
    }
    this.isSending = false;
  }

  private lost(client: Client): void {
    if (this.client !== client || this.closed) return;
    this.client = undefined;
    client.end().catch(() => {});
    this.events.emit('lost');
    this.reconnect = setTimeout(() => void this.open(), RECONNECT_MS);
  }
}
