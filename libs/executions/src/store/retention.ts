import { Inject, Injectable, Logger } from '@nestjs/common';
import { UNFINISHED } from '../execution.js';
import { executionsConfig, type ExecutionsConfig } from '../executions.config.js';
import type { Batch } from './batch.js';
import { ExecutionDatabase } from './database.js';
import type { ExecutionRow } from './schema.js';
import { shortened, StoredBytes } from './stored-bytes.js';

const INTERVAL_MS = 5 * 60_000;
/** How many are forgotten at a time: what is written meanwhile waits. */
const BATCH_SIZE = 100;
/**
 * How much of the room is made before it is needed, so that what is written seldom has to wait for
 * it: from one percent left until two are.
 */
const LOW = 0.01;
const ENOUGH = 0.02;

type Old = Pick<ExecutionRow, 'id' | 'caller' | 'size'>;

/**
 * Forgets old executions, and when all of them take up too much, the oldest of the caller who takes
 * up most: however much one writes, what others have is not forgotten for it.
 */
@Injectable()
export class Retention {
  private readonly logger = new Logger(Retention.name);
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private makingRoom: Promise<unknown> = Promise.resolve();
  private clearing: Promise<void> | undefined;

  constructor(
    private readonly database: ExecutionDatabase,
    @Inject(executionsConfig.KEY)
    private readonly limits: Pick<ExecutionsConfig, 'maxAgeMs' | 'maxBytes'>,
    private readonly bytes: StoredBytes,
  ) {}

  /** Looks what there is, and begins to forget. */
  async start(): Promise<void> {
    await this.count();
    const prune = () => {
      this.prune().catch((error: Error) => this.logFailure(error));
    };
    prune();
    this.timer = setInterval(prune, INTERVAL_MS).unref();
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  /**
   * Makes room for what is about to be stored.
   * @returns the batch, without texts of the caller who takes up most where nothing of it is left
   * to be forgotten
   */
  async makeRoom(batch: Batch): Promise<Batch> {
    const { maxBytes } = this.limits;
    if (this.missing(batch, maxBytes) <= 0) {
      if (this.missing(batch, maxBytes * (1 - LOW)) > 0) this.clear();
      return batch;
    }
    // One at a time: two would count the same executions as forgotten.
    const made = this.makingRoom.then(() => this.forgetFor(batch));
    this.makingRoom = made.catch(() => {});
    return made;
  }

  private missing(batch: Batch, maxBytes: number): number {
    const added = [...this.bytes.growthOf(batch).values()].reduce((sum, more) => sum + more, 0);
    return this.bytes.total + added - maxBytes;
  }

  private async forgetFor(batch: Batch): Promise<Batch> {
    let shorter = batch;
    const full = new Set<string>();
    for (;;) {
      const missing = this.missing(shorter, this.limits.maxBytes);
      const callers = this.bytes.largestFirst(this.bytes.growthOf(shorter));
      const caller = callers.find((one) => !full.has(one));
      if (missing <= 0 || caller === undefined || this.isStopped) return shorter;
      if ((await this.forgetOf(caller, missing)) > 0) continue;
      full.add(caller);
      shorter = shortened(shorter, missing, this.bytes.idsOf(caller, shorter));
    }
  }

  /** Makes some room beside what is written. */
  private clear(): void {
    const enough = this.limits.maxBytes * (1 - ENOUGH);
    const forgetSome = async () => {
      for (;;) {
        const missing = this.bytes.total - enough;
        const [caller] = this.bytes.largestFirst(new Map());
        if (missing <= 0 || caller === undefined || this.isStopped) return;
        const step = this.makingRoom.then(() => this.forgetOf(caller, missing));
        this.makingRoom = step.catch(() => {});
        if ((await step) === 0) return;
      }
    };
    this.clearing ??= forgetSome()
      .catch((error: Error) => this.logFailure(error))
      .finally(() => (this.clearing = undefined));
  }

  private async prune(): Promise<void> {
    await this.forgetBefore(new Date(Date.now() - this.limits.maxAgeMs).toISOString());
    await this.count();
    await this.makeRoom({ inserts: [], updates: [], events: [] });
    await this.database.giveBackSpace(() => this.isStopped);
  }

  private async forgetBefore(time: string): Promise<void> {
    while (!this.isStopped) {
      const old = await this.oldest({ before: time });
      if (old.length === 0) return;
      await this.remove(old);
    }
  }

  /**
   * Forgets the oldest of a caller, as many as free so many bytes, or as one step may. @returns how
   * many
   */
  private async forgetOf(caller: string, bytes: number): Promise<number> {
    let left = bytes;
    const old: Old[] = [];
    for (const one of await this.oldest({ caller })) {
      if (left <= 0) break;
      old.push(one);
      left -= one.size;
    }
    if (old.length > 0) await this.remove(old);
    return old.length;
  }

  /** Reads how many bytes, about, the executions of each caller take up. */
  private async count(): Promise<void> {
    const rows = await this.database.kysely
      .selectFrom('executions')
      .select(({ fn }) => ['caller', fn.sum<number | string>('size').as('bytes')])
      .groupBy('caller')
      .execute();
    this.bytes.reset(new Map(rows.map(({ caller, bytes }) => [caller, Number(bytes)])));
  }

  /** The oldest finished ones, of all callers or of one. */
  private oldest({ before, caller }: { before?: string; caller?: string }): Promise<Old[]> {
    let query = this.database.kysely
      .selectFrom('executions')
      .select(['id', 'caller', 'size'])
      .where('status', 'not in', UNFINISHED);
    if (before) query = query.where('created_at', '<', before);
    if (caller) query = query.where('caller', '=', caller);
    return query.orderBy('created_at').orderBy('id').limit(BATCH_SIZE).execute();
  }

  private async remove(old: readonly Old[]): Promise<void> {
    await this.database.writes.forget(old.map(({ id }) => id));
    this.bytes.forgotten(old);
  }

  private logFailure(error: Error): void {
    if (this.isStopped) return;
    this.logger.warn(`Old executions are not forgotten for now: ${error.message}`);
  }
}
