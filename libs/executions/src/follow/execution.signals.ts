import { EventEmitter } from 'node:events';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Client } from 'pg';
import { connectionOptions, storeConfig, type StoreConfig } from '#store';
import { CHANNELS } from '../store/batch.js';
import { ExecutionWriter } from '../store/execution.writer.js';
import { Replicas } from '../store/replicas.js';

const RECONNECT_MS = 1_000;
const TIMEOUT_MS = 5_000;

interface Watch {
  /**
   * Waits until something has happened since the last `next`, the signal aborts, or so many
   * milliseconds have passed.
   */
  next: (mostMs?: number) => Promise<void>;
  stop: () => void;
}

/**
 * Wakes those who follow an execution when something has happened in it, here or, with PostgreSQL,
 * on another replica.
 */
@Injectable()
export class ExecutionSignals {
  /** `cancelRequested`: another server was asked to cancel what may run here. */
  readonly events = new EventEmitter<{ cancelRequested: [] }>();
  private readonly logger = new Logger(ExecutionSignals.name);
  private readonly sleepers = new Map<string, Set<() => void>>();
  private client: Client | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    @Inject(storeConfig.KEY) private readonly config: StoreConfig,
    writer: ExecutionWriter,
    replicas: Replicas,
  ) {
    writer.events.on('written', (ids) => {
      for (const id of ids) this.changed(id);
    });
    replicas.events.on('beat', () => void this.check());
  }

  /** Whether other servers tell what changes. A server with SQLite hears of itself only. */
  get hearsOthers(): boolean {
    return this.config.databaseUrl !== undefined;
  }

  /** How many follow executions now. */
  get watching(): number {
    return [...this.sleepers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Begins to listen to the other replicas; tried again by itself while the database is away. */
  async listen(): Promise<void> {
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
    client.on('notification', ({ channel, payload }) => {
      if (channel === CHANNELS.cancels) this.events.emit('cancelRequested');
      else if (payload) this.changed(payload);
    });
    this.client = client;
    try {
      await client.connect();
      for (const channel of Object.values(CHANNELS)) await client.query(`listen ${channel}`);
      // Notices from the meantime are not repeated.
      this.allChanged();
      this.events.emit('cancelRequested');
    } catch (error) {
      this.logger.warn(`Not connected to other replicas: ${(error as Error).message}`);
      this.lost(client);
    }
  }

  /**
   * Checks whether the other replicas can still be heard. A connection may be dead without any
   * sign.
   */
  private async check(): Promise<void> {
    const { client } = this;
    await client?.query('select 1').catch(() => this.lost(client));
  }

  /** Says that something has happened in an execution. */
  changed(id: string): void {
    for (const wake of this.sleepers.get(id) ?? []) wake();
  }

  /** Says that something may have happened in all of them. */
  allChanged(): void {
    for (const id of this.sleepers.keys()) this.changed(id);
  }

  /** Begins to watch an execution. */
  watch(id: string, signal: AbortSignal): Watch {
    let happened = false;
    let resume: (() => void) | undefined;
    const wake = () => {
      happened = true;
      resume?.();
    };
    const others = this.sleepers.get(id) ?? new Set();
    this.sleepers.set(id, others.add(wake));
    signal.addEventListener('abort', wake, { once: true });
    return {
      next: async (mostMs) => {
        const timer = mostMs === undefined ? undefined : setTimeout(wake, mostMs);
        if (!happened && !signal.aborted) await new Promise<void>((resolve) => (resume = resolve));
        clearTimeout(timer);
        happened = false;
      },
      stop: () => {
        signal.removeEventListener('abort', wake);
        others.delete(wake);
        if (others.size === 0) this.sleepers.delete(id);
      },
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnect);
    await this.client?.end().catch(() => {});
  }

  private lost(client: Client): void {
    if (this.client !== client || this.closed) return;
    this.client = undefined;
    client.end().catch(() => {});
    // Followers poll until the other replicas can be heard again.
    this.allChanged();
    this.reconnect = setTimeout(() => void this.listen(), RECONNECT_MS);
  }
}
