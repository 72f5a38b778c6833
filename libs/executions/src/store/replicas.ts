import { EventEmitter } from 'node:events';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { Injectable, Logger } from '@nestjs/common';
import { NotConnected, within, type ReplicaRow } from '#store';
import { UNFINISHED, type ExecutionError } from '../execution.js';
import { ExecutionDatabase } from './database.js';

const HEARTBEAT_MS = 2_000;
/** A server that was not seen for so long is gone. */
const GONE_MS = 9_000;
/** After so long without a heartbeat a server may be about to be taken for gone. */
const STALE_MS = 5_000;
/** How long a heartbeat is waited for. */
const CONFIRM_MS = 5_000;

/** How often a connection is waited for at the start. */
const MAX_FIRST_TRIES = 4;

const INTERRUPTED: ExecutionError = {
  code: 'unavailable',
  message:
    'The server ended while this ran. It was not run again; look at the cluster to see how far it came.',
  retryable: false,
};

/** Of an execution that had made all its changes. */
const INTERRUPTED_SETTLED: ExecutionError = {
  code: 'unavailable',
  message:
    'The server ended while this waited for the effect of its changes. All of them were made before; it was not run again.',
  retryable: false,
};

/** The scope of process ids. Containers may share a host name, but not its processes. */
const HOST = `${hostname()} ${processNamespace()}`;

/**
 * Shows the other servers on the same database that this one is there, and ends the executions of
 * those that are not.
 */
@Injectable()
export class Replicas {
  /** This server's. */
  readonly id: string;
  /**
   * `beat`: after each heartbeat. `declaredGone`: the other servers have taken this one for gone,
   * because it was frozen for a while.
   */
  readonly events = new EventEmitter<{ beat: []; declaredGone: [] }>();
  private readonly logger = new Logger(Replicas.name);
  /** When each was last seen to beat, by the clock of this server: those of others may be wrong. */
  private readonly lastBeats = new Map<string, { seenAt: string; noticedAt: number }>();
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private lastBeatMs: number | undefined;
  private failed: string | undefined;

  constructor(private readonly database: ExecutionDatabase) {
    this.id = database.serverId;
  }

  /** Why this server cannot show itself to the others; undefined while it can. */
  get failure(): string | undefined {
    return this.failed;
  }

  /** @throws what the database says, if it cannot be reached at the start */
  async start(): Promise<void> {
    for (let tries = 1; this.lastBeatMs === undefined; tries++) {
      await this.beat().catch((error: Error) => {
        // Over a slow network the first connection takes longer than a call waits for one.
        if (!(error instanceof NotConnected) || tries === MAX_FIRST_TRIES) throw error;
      });
    }
    this.timer = setInterval(() => void this.beatOnce(), HEARTBEAT_MS).unref();
  }

  /**
   * Waits until it is certain that the others have not taken this server for gone: at once, unless
   * it was silent for a while.
   * @throws Error when that cannot be known within 5 s
   */
  async confirm(): Promise<void> {
    if (!this.isStale()) return;
    await within(CONFIRM_MS, this.beatOnce(), 'No heartbeat');
    if (this.isStale()) throw new Error(`No heartbeat: ${this.failed}`);
  }

  /**
   * Removes this server from the others' view. Executions that have not finished here become
   * `interrupted`.
   */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await this.remove(this.id, new Date().toISOString());
  }

  /** Which executions of this server somebody wants cancelled. */
  async cancelRequests(): Promise<string[]> {
    const rows = await this.database.kysely
      .selectFrom('executions')
      .select('id')
      .where('replica', '=', this.id)
      .where('status', 'in', UNFINISHED)
      .where('cancel_requested', '=', 1)
      .execute();
    return rows.map(({ id }) => id);
  }

  private isStale(): boolean {
    return performance.now() - (this.lastBeatMs ?? -Infinity) > STALE_MS;
  }

  private beatOnce(): Promise<void> {
    this.beating ??= this.beat()
      .catch((error: Error) => this.missed(error))
      .finally(() => (this.beating = undefined));
    return this.beating;
  }

  private remove(id: string, at: string): Promise<void> {
    return this.database.writes.removeReplica(id, at, {
      error: JSON.stringify(INTERRUPTED),
      errorOfSettled: JSON.stringify(INTERRUPTED_SETTLED),
    });
  }

  private missed(error: Error): void {
    if (this.failed === undefined) this.logger.warn(`No heartbeat: ${error.message}`);
    this.failed = error.message;
    // The others could not show themselves either.
    this.lastBeats.clear();
  }

  private async beat(): Promise<void> {
    const at = new Date().toISOString();
    const { kysely } = this.database;
    const sentMs = performance.now();
    const { numUpdatedRows: known } = await kysely
      .updateTable('replicas')
      .set({ seen_at: at })
      .where('id', '=', this.id)
      .executeTakeFirstOrThrow();
    if (known === 0n) {
      if (this.lastBeatMs !== undefined) this.events.emit('declaredGone');
      await kysely
        .insertInto('replicas')
        .values({ id: this.id, host: HOST, pid: process.pid, seen_at: at })
        .execute();
    }
    // The time of sending, because the others may have seen it only since then.
    this.lastBeatMs = sentMs;
    for (const replica of await kysely.selectFrom('replicas').selectAll().execute()) {
      if (replica.id === this.id || !this.isGone(replica)) continue;
      this.lastBeats.delete(replica.id);
      await this.remove(replica.id, at);
    }
    this.failed = undefined;
    this.events.emit('beat');
  }

  private isGone({ id, host, pid, seen_at: seenAt }: ReplicaRow): boolean {
    if (host === HOST && !isRunning(pid)) return true;
    const last = this.lastBeats.get(id);
    if (last?.seenAt === seenAt) return performance.now() - last.noticedAt > GONE_MS;
    this.lastBeats.set(id, { seenAt, noticedAt: performance.now() });
    return false;
  }
}

/**
 * Whether another process of this machine is running. An entry with our own id is from a process
 * before us.
 */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Names the PID namespace of this process (pid_namespaces(7)); nothing where there are none. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
