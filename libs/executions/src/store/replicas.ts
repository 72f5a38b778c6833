import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { ExecutionStore } from './execution.store.js';
import type { ReplicaRow, Schema } from './schema.js';

const HEARTBEAT_MS = 2_000;
/** A server that was not seen for so long is gone. */
const GONE_MS = 9_000;

/**
 * Where process ids mean the same: containers may have the name of a host in common, but not its
 * processes.
 */
const HOST = `${hostname()} ${processNamespace()}`;

/**
 * Shows the other servers on the same database that this one is there, and ends the executions of
 * those that are not.
 */
export class Replicas {
  /** This server's. */
  readonly id = randomUUID();
  private readonly logger = new Logger(Replicas.name);
  /** When each was last seen to beat, by the clock of this server: those of others may be wrong. */
  private readonly lastBeats = new Map<string, { seenAt: string; noticedAt: number }>();
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private hasBeaten = false;

  /**
   * @param tell `beaten` is called after each heartbeat, `givenUp` when the others have taken this
   * server for gone, as one that was frozen for a while
   */
  constructor(
    private readonly db: Kysely<Schema>,
    private readonly store: ExecutionStore,
    private readonly tell: { beaten: () => void; givenUp: () => void },
  ) {}

  /** @throws what the database says, if it cannot be reached at the start */
  async start(): Promise<void> {
    await this.beat();
    this.timer = setInterval(() => {
      this.beating ??= this.beat()
        .catch((error: Error) => this.missed(error))
        .finally(() => (this.beating = undefined));
    }, HEARTBEAT_MS).unref();
  }

  /** Says goodbye: what is not finished here by now is interrupted. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await this.store.removeReplica(this.id, new Date().toISOString());
  }

  private missed(error: Error): void {
    this.logger.warn(`No heartbeat: ${error.message}`);
    // The others could not show themselves either.
    this.lastBeats.clear();
  }

  private async beat(): Promise<void> {
    const at = new Date().toISOString();
    const { numUpdatedRows: known } = await this.db
      .updateTable('replicas')
      .set({ seen_at: at })
      .where('id', '=', this.id)
      .executeTakeFirstOrThrow();
    if (known === 0n) {
      if (this.hasBeaten) this.tell.givenUp();
      await this.db
        .insertInto('replicas')
        .values({ id: this.id, host: HOST, pid: process.pid, seen_at: at })
        .execute();
    }
    this.hasBeaten = true;
    for (const replica of await this.db.selectFrom('replicas').selectAll().execute()) {
      if (replica.id === this.id || !this.isGone(replica)) continue;
      this.lastBeats.delete(replica.id);
      await this.store.removeReplica(replica.id, at);
    }
    this.tell.beaten();
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
 * Whether another process of this machine is there. One with our own number was there before us.
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
