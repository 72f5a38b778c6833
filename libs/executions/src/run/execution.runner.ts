import { ToolError, type PreparedCall, type Progress, type ToolInvoker } from '#tools';
import type { Outcome } from '../execution.js';
import { endOf, hashOf, rowOf, type OutputLimits } from '../store/execution-row.js';
import type { ExecutionStore } from '../store/execution.store.js';
import type { ExecutionWriter } from '../store/execution.writer.js';
import { LiveExecution } from './live-execution.js';
import type { Place, RunQueue } from './run-queue.js';
import type { StoredBytes } from '../store/stored-bytes.js';

/** How a front door wants a call to be run. */
export interface StartOptions {
  /** Who calls: places, sessions and what is stored are shared out by this. */
  caller: string;
  /** Somebody will come back for it: it is stored before it begins, with its whole output. */
  keep?: boolean;
  /** UUID to run under; a new one unless given. */
  executionId?: string;
  /** The same key of the same caller means the same execution. */
  idempotencyKey?: string;
  /** Seconds that it may run, where fewer than its tool's own limit. */
  timeLimitSeconds?: number;
  progress?: (progress: Progress) => void;
  emit?: (chunk: string) => void;
}

/**
 * A read that its caller waits for is stored once it has run for so long; before, only its end is.
 */
const STORE_AFTER_MS = 250;
/** Between two looks at what runs and what waits, in milliseconds. */
const SWEEP_MS = STORE_AFTER_MS / 2;
/** How long those who wait for an end may be held up by its being stored. */
const STORE_END_MS = 2_000;

/** Seconds beyond which a call that may run for so long leaves room for others. */
const LONG_SECONDS = 60;

/** The place of what needs none. */
const NO_PLACE: Place = { isNow: true, taken: Promise.resolve(), giveBack: () => {} };

/** What the runner works with. */
interface RunnerParts {
  invoker: ToolInvoker;
  store: ExecutionStore;
  writer: ExecutionWriter;
  bytes: StoredBytes;
  queue: RunQueue;
  /** Milliseconds that running ones are given when the server is told to stop. */
  shutdownGraceMs: number;
  /** The `Replicas.id` of this server. */
  replica: string;
  limits: OutputLimits;
}

/**
 * Runs tools, each run as one execution: bounded in number, remembered from before a write begins
 * until it is forgotten by age, with its events, and cancelled by whoever may.
 */
export class ExecutionRunner {
  private readonly running = new Map<string, LiveExecution>();
  private readonly sweep = setInterval(() => {
    this.storeSlow();
    this.parts.queue.refuseBlocked();
  }, SWEEP_MS).unref();
  private stopping = false;

  constructor(private readonly parts: RunnerParts) {}

  /** An execution that runs, or waits for its turn, on this server. */
  get(id: string): LiveExecution | undefined {
    return this.running.get(id);
  }

  /**
   * Starts a call.
   * @returns the execution, or the id of the one that its caller has started before under the same
   * idempotency key
   * @throws ToolError `busy` when too many calls wait, `conflict` for another call under the same
   * key, `unavailable` when the server is stopping or cannot remember what it does
   */
  async start(call: PreparedCall, options: StartOptions): Promise<LiveExecution | { id: string }> {
    if (this.stopping) throw new ToolError('unavailable', 'The server is stopping.');
    const { name, category, annotations } = call.tool;
    const { caller, executionId, idempotencyKey } = options;
    const { maxKeptOutputChars } = this.parts.limits;
    const isKept =
      options.keep === true || !annotations.readOnlyHint || idempotencyKey !== undefined;
    const execution = new LiveExecution(name, category, caller, maxKeptOutputChars, {
      id: executionId,
      isKept,
    });
    const place = this.placeFor(execution, call);
    if (place.isNow) execution.startedAt = execution.createdAt;
    this.running.set(execution.id, execution);
    try {
      const other = isKept ? await this.store(execution, call, idempotencyKey) : undefined;
      if (other) {
        this.abandon(execution, place);
        return other;
      }
    } catch (error) {
      this.abandon(execution, place);
      throw error;
    }
    void this.run(execution, call, options, place).then((outcome) =>
      this.finish(execution, outcome),
    );
    return execution;
  }

  /**
   * Takes no more calls, gives those that run some time, cancels what is left then, and waits until
   * all of them have ended.
   */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.sweep);
    const all = () => Promise.all([...this.running.values()].map(({ ended }) => ended));
    const grace = setTimeout(
      () => this.cancelAll('The server is stopping, which ended this call.'),
      this.parts.shutdownGraceMs,
    );
    await all();
    clearTimeout(grace);
  }

  /** Ends what runs: other servers have taken this one for gone, and say that it is interrupted. */
  giveUp(): void {
    this.cancelAll('This server was silent for so long that others took it for gone.');
  }

  private cancelAll(why: string): void {
    const reason = new ToolError('unavailable', why, { retryable: false });
    for (const execution of this.running.values()) execution.cancel(reason);
  }

  private placeFor(
    { caller, signal }: LiveExecution,
    { tool, input, shared }: PreparedCall,
  ): Place {
    const { queue } = this.parts;
    const { place } = tool;
    if (place === 'none') return NO_PLACE;
    if (place === 'wait') return queue.enterWait({ caller });
    const category = place === 'read' ? undefined : tool.category;
    const isLong = tool.timeLimitSeconds(input) > LONG_SECONDS;
    return queue.enter({ caller, category, lane: tool.laneOf(shared), isLong }, signal);
  }

  /** Takes back an execution that has not begun. */
  private abandon(execution: LiveExecution, { taken, giveBack }: Place): void {
    const error = new ToolError('cancelled', 'Not begun.');
    execution.cancel(error);
    taken.then(giveBack, () => {});
    this.running.delete(execution.id);
    execution.settle({ error });
  }

  private async run(
    execution: LiveExecution,
    call: PreparedCall,
    { timeLimitSeconds, progress, emit }: StartOptions,
    { taken, giveBack }: Place,
  ): Promise<Outcome> {
    const { invoker, writer, limits } = this.parts;
    try {
      await taken;
    } catch (error) {
      return { error: error as ToolError };
    }
    try {
      if (!execution.startedAt) {
        execution.startedAt = new Date().toISOString();
        const { id, startedAt } = execution;
        if (execution.isStored) writer.update(id, { status: 'running', started_at: startedAt });
      }
      const result = await invoker.run(call, {
        executionId: execution.id,
        signal: execution.signal,
        timeLimitSeconds,
        maxOutputChars: limits.maxKeptOutputChars,
        progress: (report) => {
          execution.addProgress(report);
          this.storeEvents(execution);
          progress?.(report);
        },
        emit: (chunk) => {
          execution.addOutput(chunk);
          this.storeEvents(execution);
          emit?.(chunk);
        },
      });
      return { result };
    } catch (error) {
      const failure = error as ToolError;
      const isWhole = failure.output !== undefined || execution.output === '';
      return { error: isWhole ? failure : failure.with({ output: execution.output }) };
    } finally {
      giveBack();
    }
  }

  private storeEvents(execution: LiveExecution): void {
    if (execution.isStored) this.parts.writer.events(execution);
  }

  /**
   * Stores an execution before it begins. @returns the id of the one that is there under the same
   * key
   */
  private async store(
    execution: LiveExecution,
    call: PreparedCall,
    key: string | undefined,
  ): Promise<{ id: string } | undefined> {
    const { writer, store, bytes, replica } = this.parts;
    const row = rowOf(execution, replica);
    try {
      if (key === undefined) {
        writer.insert(row);
        await writer.flush();
      } else {
        const hash = hashOf(call);
        const other = await store.claim({ ...row, idempotency_key: key, request_hash: hash });
        if (other?.requestHash === hash) return { id: other.id };
        if (other) {
          throw new ToolError(
            'conflict',
            `The idempotency key was used for another call (execution ${other.id}). Use a new key for a new call.`,
          );
        }
        bytes.begin(row);
      }
    } catch (cause) {
      if (cause instanceof ToolError) throw cause;
      const error = new ToolError(
        'unavailable',
        'This server cannot reach the database in which it remembers its executions, so nothing was begun.',
        { cause },
      );
      // The database may have it all the same, or will have it when it is back. Its key is free.
      const end = endOf(execution, { error }, this.parts.limits);
      writer.update(execution.id, { ...end, idempotency_key: null, request_hash: null });
      throw error;
    }
    execution.isStored = true;
    return undefined;
  }

  /** Stores the reads that have run for a while, with their events so far. */
  private storeSlow(): void {
    const { writer, replica } = this.parts;
    const now = performance.now();
    for (const execution of this.running.values()) {
      if (now - execution.createdMs < STORE_AFTER_MS) return;
      if (execution.isStored || execution.isKept) continue;
      execution.isStored = true;
      writer.insert(rowOf(execution, replica));
      writer.events(execution);
    }
  }

  private async finish(execution: LiveExecution, outcome: Outcome): Promise<void> {
    const { writer, replica } = this.parts;
    execution.isEnding = true;
    const end = endOf(execution, outcome, this.parts.limits);
    if (!execution.isStored) {
      writer.insertEnded({ ...rowOf(execution, replica), ...end });
      writer.events(execution);
    } else {
      writer.update(execution.id, end);
      // Whoever hears of the end may ask for it at once, also on another server.
      await writer.flushWithin(STORE_END_MS);
    }
    this.running.delete(execution.id);
    execution.settle(outcome);
  }
}
