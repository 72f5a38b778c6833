import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { ExecutionStore } from './execution.store.js';
import type { ReplicaRow } from './schema.js';

const HEARTBEAT_MS = 3_000;
/** A server that was not seen for so long is gone. */
const GONE_MS = 10_000;

/** Shows the other servers on the same database that this one is there, and ends the executions of those that are not. */
export class Replicas {
  /** This server's. */
  readonly id = randomUUID();
  private readonly logger = new Logger(Replicas.name);
  /** When each was last seen to beat, by the clock of this server: those of others may be wrong. */
  private readonly lastBeats = new Map<string, { seenAt: string; noticedAt: number }>();
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;

  constructor(private readonly store: ExecutionStore) {}

  /** @throws what the database says, if it cannot be reached at the start */
  async start(): Promise<void> {
    await this.beat();
    this.timer = setInterval(() => {
      this.beating ??= this.beat()
        .catch((error: Error) => this.logger.warn(`No heartbeat: ${error.message}`))
        .finally(() => (this.beating = undefined));
    }, HEARTBEAT_MS).unref();
  }

  /** Says goodbye: what is not finished here by now is interrupted. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await this.store.removeReplica(this.id, new Date().toISOString());
  }

  private async beat(): Promise<void> {
    const at = new Date().toISOString();
    await this.store.seeReplica({ id: this.id, host: hostname(), pid: process.pid, seen_at: at });
    for (const replica of await this.store.replicas()) {
      if (replica.id === this.id || !this.isGone(replica)) continue;
      this.lastBeats.delete(replica.id);
      await this.store.removeReplica(replica.id, at);
    }
  }

  private isGone({ id, host, pid, seen_at: seenAt }: ReplicaRow): boolean {
    if (host === hostname() && !isRunning(pid)) return true;
    const last = this.lastBeats.get(id);
    if (last?.seenAt === seenAt) return performance.now() - last.noticedAt > GONE_MS;
    this.lastBeats.set(id, { seenAt, noticedAt: performance.now() });
    return false;
  }
}

/** Whether another process of this machine is there. One with our own number was there before us. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
