import { ToolError, type PreparedCall, type Progress, type ToolInvoker } from '#tools';
import type { Outcome } from '../execution.js';
import { STORE_AFTER_MS, type ExecutionRecorder } from './execution.recorder.js';
import { LiveExecution } from '../live-execution.js';
import type { Place, RunQueue } from './run-queue.js';

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

/** Between two looks at what runs and what waits, in milliseconds. */
const SWEEP_MS = STORE_AFTER_MS / 2;

/** Seconds beyond which a call that may run for so long leaves room for others. */
const LONG_SECONDS = 60;

/** The place of what needs none. */
const NO_PLACE: Place = { isNow: true, taken: Promise.resolve(), giveBack: () => {} };

/** What the runner works with. */
interface RunnerParts {
  invoker: ToolInvoker;
  recorder: ExecutionRecorder;
  queue: RunQueue;
  /** Waits until the others have not taken this server for gone; rejects if that is not known. */
  confirm: () => Promise<void>;
  /** Milliseconds that running ones are given when the server is told to stop. */
  shutdownGraceMs: number;
  /** Most that is kept of an output, in characters. */
  maxKeptOutputChars: number;
}

/**
 * Runs tools, each run as one execution: bounded in number, remembered from before a write begins
 * until it is forgotten by age, with its events, and cancelled by whoever may.
 */
export class ExecutionRunner {
  private readonly running = new Map<string, LiveExecution>();
  private readonly sweep = setInterval(() => {
    this.parts.recorder.storeSlow(this.running.values());
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
    const { maxKeptOutputChars, recorder } = this.parts;
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
      const other = isKept ? await recorder.begin(execution, call, idempotencyKey) : undefined;
      if (other) {
        this.abandon(execution, place);
        return other;
      }
    } catch (error) {
      this.abandon(execution, place);
      throw error;
    }
    void this.run(execution, call, options, place);
    return execution;
  }

  /**
   * Refuses new calls, gives running ones some time, then cancels the rest, and waits until all
   * have ended.
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
    const place = tool.placeOf(input);
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
    options: StartOptions,
    { taken, giveBack }: Place,
  ): Promise<void> {
    try {
      await taken;
    } catch (error) {
      return this.finish(execution, { error: error as ToolError });
    }
    const finished = this.finish(execution, await this.invoke(execution, call, options));
    // Not earlier: long outputs would pile up before a slow database.
    this.parts.recorder.whenRoom(execution, giveBack);
    await finished;
  }

  private async invoke(
    execution: LiveExecution,
    call: PreparedCall,
    { timeLimitSeconds, progress, emit }: StartOptions,
  ): Promise<Outcome> {
    const { invoker, recorder, maxKeptOutputChars } = this.parts;
    try {
      if (!execution.startedAt) {
        if (execution.isKept) await this.confirm(execution);
        execution.startedAt = new Date().toISOString();
        recorder.started(execution);
      }
      const result = await invoker.run(call, {
        executionId: execution.id,
        caller: execution.caller,
        signal: execution.signal,
        timeLimitSeconds,
        maxOutputChars: maxKeptOutputChars,
        progress: (report) => {
          execution.addProgress(report);
          recorder.events(execution);
          progress?.(report);
        },
        emit: (chunk) => {
          execution.addOutput(chunk);
          recorder.events(execution);
          emit?.(chunk);
        },
      });
      return { result };
    } catch (error) {
      const failure = error as ToolError;
      const isWhole = failure.output !== undefined || execution.output === '';
      return { error: isWhole ? failure : failure.with({ output: execution.output }) };
    }
  }

  /** Makes sure that the other servers have not declared a waiting execution interrupted. */
  private async confirm({ signal }: LiveExecution): Promise<void> {
    try {
      await this.parts.confirm();
    } catch (cause) {
      throw new ToolError(
        'unavailable',
        'The database in which this server remembers its executions does not answer, so this was not begun.',
        { cause },
      );
    }
    signal.throwIfAborted();
  }

  private async finish(execution: LiveExecution, outcome: Outcome): Promise<void> {
    execution.isEnding = true;
    await this.parts.recorder.end(execution, outcome);
    this.running.delete(execution.id);
    execution.settle(outcome);
  }
}
