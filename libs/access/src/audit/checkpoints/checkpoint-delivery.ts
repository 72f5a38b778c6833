import { Logger } from '@nestjs/common';
import type { CheckpointSink } from './checkpoint-sink.js';
import type { Checkpoint } from './checkpoint.js';

/** Most checkpoints that wait for a place that fails. Beyond that, the oldest are dropped. */
const MAX_WAITING = 1_000;

/** Brings checkpoints to one place in their order, and keeps those that it does not take. */
export class CheckpointDelivery {
  private readonly logger = new Logger(CheckpointDelivery.name);
  private readonly waiting: Checkpoint[] = [];
  private delivering: Promise<boolean> | undefined;
  private isFailing = false;

  constructor(private readonly sink: CheckpointSink) {}

  add(checkpoint: Checkpoint): void {
    this.waiting.push(checkpoint);
    if (this.waiting.length <= MAX_WAITING) return;
    // A later one of this kind says more; nothing else says what the other kinds do.
    const oldest = this.waiting.findIndex(({ kind }) => kind === 'running');
    this.waiting.splice(Math.max(oldest, 0), 1);
  }

  /** Stores what waits, until a try fails. @returns whether nothing waits any more */
  deliver(): Promise<boolean> {
    this.delivering ??= this.run();
    return this.delivering;
  }

  private async run(): Promise<boolean> {
    // Not before `delivering` is set.
    await Promise.resolve();
    try {
      for (let next = this.waiting[0]; next; next = this.waiting[0]) {
        await this.sink.store(next);
        // It may have gone meanwhile, to make room.
        if (this.waiting[0] === next) this.waiting.shift();
      }
      this.isFailing = false;
      return true;
    } catch (error) {
      const msg = 'Checkpoints of the audit cannot be stored. They are tried again.';
      if (!this.isFailing) this.logger.warn({ msg, place: this.sink.name, err: error });
      this.isFailing = true;
      return false;
    } finally {
      this.delivering = undefined;
    }
  }
}
