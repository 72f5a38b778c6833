import { Logger } from '@nestjs/common';
import type { ExecutionStore } from './execution.store.js';

const INTERVAL_MS = 5 * 60_000;

/** Forgets old executions, and the oldest when they take up too much. */
export class Retention {
  private readonly logger = new Logger(Retention.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: ExecutionStore,
    private readonly limits: { maxAgeMs: number; maxBytes: number },
  ) {}

  start(): void {
    const prune = () => {
      const before = new Date(Date.now() - this.limits.maxAgeMs).toISOString();
      this.store
        .prune(before, this.limits.maxBytes)
        .catch((error: Error) => this.logger.warn(`Nothing was forgotten: ${error.message}`));
    };
    prune();
    this.timer = setInterval(prune, INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
