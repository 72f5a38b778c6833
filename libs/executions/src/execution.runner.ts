import { createHash } from 'node:crypto';
import { ToolError, type PreparedCall, type Progress, type ToolInvoker } from '#tools';
import { statusOf, type ExecutionError, type Outcome } from './execution.js';
import type { ExecutionStore } from './execution.store.js';
import type { ExecutionWriter } from './execution.writer.js';
import type { ExecutionsConfig } from './executions.config.js';
import { LiveExecution } from './live-execution.js';
import type { RunQueue } from './run-queue.js';
import type { EventRow, ExecutionRow } from './schema.js';

/** How a front door wants a call to be run. */
export interface StartOptions {
  /** Who calls: those who wait for their turn are told apart by this. */
  caller: string;
  /** Somebody will come back for it: it is stored before it begins, with its whole output. */
  keep?: boolean;
  /** UUID to run under; a new one unless given. */
  executionId?: string;
  /** The same key of the same caller means the same execution. */
  idempotencyKey?: string;
  progress?: (progress: Progress) => void;
  emit?: (chunk: string) => void;
}

/** A read that its caller waits for is stored once it has run for so long; before, only its end is. */
const STORE_AFTER_MS = 250;
/** Of a read that its caller has waited for, outputs up to this are kept. */
const SMALL_OUTPUT_CHARS = 16_384;

/** What the runner works with. */
interface RunnerParts {
  invoker: ToolInvoker;
  store: ExecutionStore;
  writer: ExecutionWriter;
  queue: RunQueue;
  config: ExecutionsConfig;
  /** The `Replicas.id` of this server. */
  replica: string;
  /** Characters after which an answer is cut. */
  maxOutputChars: number;
}

/**
 * Runs tools, each run as one execution: bounded in number, remembered from before a write begins until it is forgotten by age, with its
 * events, and cancelled by whoever may.
 */
export class ExecutionRunner {
  private readonly running = new Map<string, LiveExecution>();
  private readonly sweep = setInterval(() => this.storeSlow(), STORE_AFTER_MS / 2).unref();
  private stopping = false;

  constructor(private readonly parts: RunnerParts) {}

  /** An execution that runs, or waits for its turn, on this server. */
  get(id: string): LiveExecution | undefined {
    return this.running.get(id);
  }

  /**
   * Starts a call.
   * @returns the execution, or the id of the one that its caller has started before under the same idempotency key
   * @throws ToolError `busy` when too many calls wait, `conflict` for another call under the same key, `unavailable` when the server is stopping
   * or cannot remember what it does
   */
  async start(call: PreparedCall, options: StartOptions): Promise<LiveExecution | { id: string }> {
    if (this.stopping) throw new ToolError('unavailable', 'The server is stopping.');
    const { name, category, annotations } = call.tool;
    const { caller, executionId, idempotencyKey } = options;
    const { maxKeptOutputChars } = this.parts.config;
    const isKept =
      options.keep === true || !annotations.readOnlyHint || idempotencyKey !== undefined;
    const execution = new LiveExecution(name, category, caller, maxKeptOutputChars, {
      id: executionId,
      isKept,
    });
    const place = this.takePlace(execution);
    try {
      if (isKept) {
        const other = await this.store(execution, call, idempotencyKey);
        if (other) {
          place.giveBack();
          return other;
        }
      }
    } catch (error) {
      place.giveBack();
      throw error;
    }
    this.running.set(execution.id, execution);
    void this.run(execution, call, options, place).then((outcome) =>
      this.finish(execution, outcome),
    );
    return execution;
  }

  /** Takes no more calls, gives those that run some time, cancels what is left then, and waits until all of them have ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.sweep);
    const all = () => Promise.all([...this.running.values()].map(({ ended }) => ended));
    const grace = setTimeout(() => this.cancelAll(), this.parts.config.shutdownGraceMs);
    await all();
    clearTimeout(grace);
  }

  private cancelAll(): void {
    const reason = new ToolError('unavailable', 'The server is stopping, which ended this call.');
    for (const execution of this.running.values()) execution.cancel(reason);
  }

  /** @throws ToolError `busy` */
  private takePlace(execution: LiveExecution): {
    taken: Promise<void> | undefined;
    giveBack: () => void;
  } {
    const { queue } = this.parts;
    if (queue.tryTake(execution)) {
      execution.startedAt = execution.createdAt;
      return { taken: undefined, giveBack: () => queue.release(execution) };
    }
    let isTaken = false;
    const taken = queue.wait(execution, execution.signal).then(() => {
      isTaken = true;
    });
    taken.catch(() => {});
    return {
      taken,
      giveBack: () => {
        if (isTaken) queue.release(execution);
      },
    };
  }

  private async run(
    execution: LiveExecution,
    call: PreparedCall,
    { progress, emit }: StartOptions,
    { taken, giveBack }: ReturnType<ExecutionRunner['takePlace']>,
  ): Promise<Outcome> {
    const { invoker, writer, config } = this.parts;
    try {
      if (taken) {
        await taken;
        execution.startedAt = new Date().toISOString();
        const { id, startedAt } = execution;
        if (execution.isStored) writer.update(id, { status: 'running', started_at: startedAt });
      }
      const result = await invoker.run(call, {
        executionId: execution.id,
        signal: execution.signal,
        maxOutputChars: config.maxKeptOutputChars,
        progress: (report) => {
          this.record(execution, execution.addProgress(report));
          progress?.(report);
        },
        emit: (chunk) => {
          this.record(execution, execution.addOutput(chunk));
          emit?.(chunk);
        },
      });
      return { result };
    } catch (error) {
      return { error: error as ToolError };
    } finally {
      giveBack();
    }
  }

  private record({ isStored }: LiveExecution, event: EventRow | undefined): void {
    if (isStored && event) this.parts.writer.event(event);
  }

  /** Stores an execution before it begins. @returns the id of the one that is there under the same key */
  private async store(
    execution: LiveExecution,
    call: PreparedCall,
    key: string | undefined,
  ): Promise<{ id: string } | undefined> {
    const { writer, store } = this.parts;
    const row = this.rowOf(execution);
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
      }
    } catch (error) {
      if (error instanceof ToolError) throw error;
      throw new ToolError(
        'unavailable',
        'This server cannot reach the database in which it remembers its executions, so nothing was begun.',
        { cause: error },
      );
    }
    execution.isStored = true;
    return undefined;
  }

  /** Stores the reads that have run for a while, with their events so far. */
  private storeSlow(): void {
    const { writer } = this.parts;
    const now = performance.now();
    for (const execution of this.running.values()) {
      if (now - execution.createdMs < STORE_AFTER_MS) return;
      if (execution.isStored) continue;
      execution.isStored = true;
      writer.insert(this.rowOf(execution));
      for (const event of execution.events) writer.event(event);
      execution.events = [];
    }
  }

  private async finish(execution: LiveExecution, outcome: Outcome): Promise<void> {
    const { writer } = this.parts;
    const end = this.endOf(outcome, execution.isKept);
    if (!execution.isStored) {
      writer.insert({ ...this.rowOf(execution), ...end });
      for (const event of execution.events) writer.event(event);
    } else {
      writer.update(execution.id, end);
      // Whoever hears of the end may ask for it at once, also on another server.
      await writer.flush().catch(() => {});
    }
    this.running.delete(execution.id);
    execution.settle(outcome);
  }

  private rowOf(execution: LiveExecution): ExecutionRow {
    const { id, tool, category, caller, createdAt, startedAt } = execution;
    return {
      id,
      tool,
      category,
      caller,
      status: startedAt ? 'running' : 'queued',
      replica: this.parts.replica,
      created_at: createdAt,
      started_at: startedAt ?? null,
      finished_at: null,
      output: null,
      data: null,
      error: null,
      size: 0,
      idempotency_key: null,
      request_hash: null,
      cancel_requested: 0,
    };
  }

  private endOf(outcome: Outcome, keep: boolean): Partial<ExecutionRow> {
    const { maxKeptOutputChars } = this.parts.config;
    const { output = '', data } =
      'result' in outcome ? outcome.result : { output: outcome.error.output };
    const isKept =
      keep || output.length <= SMALL_OUTPUT_CHARS || output.length > this.parts.maxOutputChars;
    return {
      status: statusOf(outcome),
      finished_at: new Date().toISOString(),
      output: isKept ? output.slice(0, maxKeptOutputChars) : null,
      data: keep && data !== undefined ? JSON.stringify(data) : null,
      error: 'error' in outcome ? JSON.stringify(errorOf(outcome.error)) : null,
      size: isKept ? Math.min(output.length, maxKeptOutputChars) : 0,
    };
  }
}

function errorOf({ code, message, retryable, errors }: ToolError): ExecutionError {
  return { code, message, retryable, errors };
}

/** Tells two calls apart without keeping their parameters, which may be secret. */
function hashOf({ tool, input, shared }: PreparedCall): string {
  return createHash('sha256')
    .update(JSON.stringify([tool.name, sorted(input), sorted(shared)]))
    .digest('hex');
}

function sorted(values: object): [string, unknown][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
