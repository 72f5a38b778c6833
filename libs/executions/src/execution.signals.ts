import { Logger } from '@nestjs/common';
import { Client } from 'pg';

/** PostgreSQL's channel on which replicas tell each other of changes. */
export const CHANNEL = 'skyflo_executions';

const RECONNECT_MS = 1_000;

/** Wakes those who follow an execution when something has happened in it, here or, with PostgreSQL, on another replica. */
export class ExecutionSignals {
  private readonly logger = new Logger(ExecutionSignals.name);
  private readonly sleepers = new Map<string, Set<() => void>>();
  private readonly listeners = new Set<(id: string) => void>();
  private client: Client | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private closed = false;

  /** @param databaseUrl of PostgreSQL; with SQLite there is only this server */
  constructor(private readonly databaseUrl: string | undefined) {}

  /** Begins to listen to the other replicas; tried again by itself while the database is away. */
  async listen(): Promise<void> {
    if (!this.databaseUrl) return;
    const client = new Client({ connectionString: this.databaseUrl, keepAlive: true });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ payload }) => payload && this.changed(payload));
    this.client = client;
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      // Whatever was said in between is not said again.
      for (const id of this.sleepers.keys()) this.changed(id);
    } catch (error) {
      this.logger.warn(`Not connected to other replicas: ${(error as Error).message}`);
      this.lost(client);
    }
  }

  /** Says that something has happened in an execution. */
  changed(id: string): void {
    for (const wake of this.sleepers.get(id) ?? []) wake();
    for (const listener of this.listeners) listener(id);
  }

  /** Hears of every execution in which something has happened. */
  onChange(listener: (id: string) => void): void {
    this.listeners.add(listener);
  }

  /**
   * Begins to watch an execution.
   * @returns `next`, which waits until something has happened since the last `next` or the signal aborts, and `stop`
   */
  watch(id: string, signal: AbortSignal): { next: () => Promise<void>; stop: () => void } {
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
      next: async () => {
        if (!happened && !signal.aborted) await new Promise<void>((resolve) => (resume = resolve));
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
    this.reconnect = setTimeout(() => void this.listen(), RECONNECT_MS);
  }
}
