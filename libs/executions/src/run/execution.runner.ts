import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { isoNow } from '#base';
import { endCall, originOf } from '#telemetry';
import { ToolError, ToolInvoker, type PreparedCall, type Progress } from '#tools';
import { keptOutput } from '../cut-failure.js';
import type { Outcome } from '../execution.js';
import { executionsConfig, type ExecutionsConfig } from '../executions.config.js';
import { ExecutionMetrics } from '../metrics/execution-metrics.js';
import { OutputLimits } from '../output-limits.js';
import { Replicas } from '../store/replicas.js';
import {
  argsOf,
  mayRunUnstored,
  type Admitted,
  type Identified,
  type RefusalOptions,
  type Started,
  type StartOptions,
} from './call-start.js';
import { ExecutionRecorder, STORE_AFTER_MS } from './execution.recorder.js';
import { LiveExecution } from '../live-execution.js';
import { placeFor } from './place-for.js';
import { RunQueue, type Place } from './run-queue.js';

/** Between two looks at what runs and what waits, in milliseconds. */
const SWEEP_MS = STORE_AFTER_MS / 2;

/**
 * Runs tools, each run as one execution: bounded in number, remembered from before a write begins
 * until it is forgotten by age, with its events, and cancelled by whoever may.
 */
@Injectable()
export class ExecutionRunner {
  private readonly running = new Map<string, LiveExecution>();
  private readonly sweep = setInterval(() => {
    this.recorder.storeSlow(this.running.values());
    this.queue.refuseBlocked();
  }, SWEEP_MS).unref();
  private stopping = false;

  constructor(
    private readonly invoker: ToolInvoker,
    private readonly recorder: ExecutionRecorder,
    private readonly queue: RunQueue,
    private readonly replicas: Replicas,
    private readonly limits: OutputLimits,
    metrics: ExecutionMetrics,
    @Inject(executionsConfig.KEY) private readonly config: ExecutionsConfig,
  ) {
    replicas.events.on('declaredGone', () => this.giveUp());
    metrics.watch(this.running);
  }

  /** An execution that runs, or waits for its turn, on this server. */
  get(id: string): LiveExecution | undefined {
    return this.running.get(id);
  }

  /**
   * Starts a call, or finds the one that its caller has started under the same idempotency key.
   * @param args the parameters, as the caller sent them
   * @throws ToolError as `ToolInvoker.prepare`; `busy` when too many calls wait, `conflict` for
   * another call under the same key, `unavailable` when the server is stopping or cannot remember
   * what it does
   */
  async start(name: string, args: unknown, options: StartOptions): Promise<Started> {
    const { executionId = randomUUIDv7(), request } = options;
    const origin = originOf(request, () => this.invoker.find(name));
    origin?.span?.note({ 'skyflo.execution.id': executionId });
    const identified = { ...options, executionId, origin };
    try {
      const admitted = this.admit(name, args, identified);
      if (!mayRunUnstored(admitted)) return await this.storeAndRun(admitted);
      // Without await: its own run tells what becomes of it.
      return this.runWhileStoring(admitted);
    } catch (error) {
      this.refuse(name, args, identified, error as ToolError);
      throw error;
    }
  }

  /** Has a call recorded that was refused before it began, also one that a door has refused. */
  refuse(name: string, args: unknown, options: RefusalOptions, error: ToolError): void {
    const { request, origin = originOf(request, () => this.invoker.find(name)) } = options;
    this.invoker.refuse({ name, args, error, call: options });
    endCall(request, origin, error.code);
  }

  private admit(name: string, args: unknown, options: Identified): Admitted {
    const call = this.invoker.prepare(name, args, options);
    if (this.stopping) throw new ToolError('unavailable', 'The server is stopping.');
    const { category, annotations } = call.tool;
    const { caller, executionId: id, idempotencyKey } = options;
    const isKept =
      options.keep === true || !annotations.readOnlyHint || idempotencyKey !== undefined;
    const limits = this.limits.of(options.maxOutputChars);
    const execution = new LiveExecution(call.tool.name, category, caller, limits, { id, isKept });
    const place = placeFor(this.queue, execution, call);
    if (place.isNow) execution.startedAt = execution.createdAt;
    this.running.set(id, execution);
    if (!annotations.readOnlyHint) this.announce(execution, call, options);
    return { execution, call, options, place };
  }

  private async storeAndRun(admitted: Admitted): Promise<Started> {
    const { execution, call, options, place } = admitted;
    try {
      const other = execution.isKept
        ? await this.recorder.begin(execution, call, options.idempotencyKey)
        : undefined;
      if (other) {
        this.invoker.retract(execution.id);
        this.abandon(execution, place);
        options.origin?.span?.note({
          'skyflo.execution.id': other.id,
          'skyflo.call.repeated': true,
        });
        endCall(options.request, options.origin);
        return { id: other.id, live: this.get(other.id) };
      }
    } catch (error) {
      this.abandon(execution, place);
      throw error;
    }
    void this.run(admitted);
    return { id: execution.id, live: execution };
  }

  /** The call looks at what is there while it is stored. Its first change waits for that. */
  private async runWhileStoring(admitted: Admitted): Promise<Started> {
    const { execution, call } = admitted;
    const stored = this.recorder
      .begin(execution, call, undefined)
      .then(() => this.recorder.events(execution));
    void this.run(admitted, stored);
    try {
      await stored;
    } catch (error) {
      execution.cancel(error as ToolError);
      throw error;
    }
    return { id: execution.id, live: execution };
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
      this.config.shutdownGraceMs,
    );
    await all();
    clearTimeout(grace);
  }

  /** Ends what runs: other servers have taken this one for gone, and say that it is interrupted. */
  private giveUp(): void {
    this.cancelAll('This server was silent for so long that others took it for gone.');
  }

  private cancelAll(why: string): void {
    const reason = new ToolError('unavailable', why, { retryable: false });
    for (const execution of this.running.values()) execution.cancel(reason);
  }

  /** What must be there before a write begins is stored beside the execution itself. */
  private announce(
    { id: executionId, caller, signal }: LiveExecution,
    call: PreparedCall,
    { principal, door }: StartOptions,
  ): void {
    this.invoker.announce(call, { executionId, caller, principal, door, signal });
  }

  /** Takes back an execution that has changed nothing and is not stored. */
  private abandon(
    execution: LiveExecution,
    { taken, giveBack }: Place,
    error = new ToolError('cancelled', 'Not begun.'),
  ): void {
    execution.cancel(error);
    taken.then(giveBack, ignore);
    this.running.delete(execution.id);
    execution.settle({ error });
  }

  /** @param stored as `ToolCall.remembered` */
  private async run(admitted: Admitted, stored?: Promise<void>): Promise<void> {
    const { execution, call, options, place } = admitted;
    const { taken, giveBack } = place;
    const waiting = place.isNow ? undefined : options.origin?.span?.begin('queue', 'internal', {});
    try {
      await taken;
    } catch (error) {
      waiting?.end((error as ToolError).code);
      this.refuse(call.tool.name, argsOf(call), options, error as ToolError);
      return this.finish(admitted, { error: error as ToolError });
    }
    waiting?.end();
    const outcome = await this.invoke(admitted, stored);
    try {
      await stored;
    } catch (error) {
      this.invoker.retract(execution.id);
      return this.abandon(execution, place, error as ToolError);
    }
    const finished = this.finish(admitted, outcome);
    // Not earlier: long outputs would pile up before a slow database.
    this.recorder.whenRoom(execution, giveBack);
    await finished;
  }

  private async invoke(
    { execution, call, options, place }: Admitted,
    remembered: Promise<void> | undefined,
  ): Promise<Outcome> {
    const { invoker, recorder } = this;
    const { answerChars, errorChars, keptChars } = execution.limits;
    const { principal, door, origin, timeLimitSeconds, progress, emit } = options;
    const report = (news: Progress) => {
      execution.addProgress(news);
      recorder.events(execution);
      progress?.(news);
    };
    try {
      if (!execution.startedAt) {
        if (execution.isKept) await this.confirm(execution, call, options);
        execution.startedAt = isoNow();
        recorder.started(execution);
      }
      const result = await invoker.run(call, {
        executionId: execution.id,
        caller: execution.caller,
        principal,
        door,
        origin,
        signal: execution.signal,
        remembered,
        timeLimitSeconds,
        maxOutputChars: answerChars,
        maxKeptChars: keptChars,
        progress: report,
        emit: (chunk) => {
          execution.addOutput(chunk);
          recorder.events(execution);
          emit?.(chunk);
        },
        settled: () => {
          report({ progress: 0, message: 'All changes are made.', settled: true });
          execution.isIdle = true;
          place.rest?.();
        },
      });
      return { result };
    } catch (error) {
      const failure = error as ToolError;
      const { message, errors, output = execution.output || undefined } = failure;
      const kept = keptOutput({ message, errors, output }, errorChars);
      return { error: kept === failure.output ? failure : failure.with({ output: kept }) };
    }
  }

  /** Makes sure that the other servers have not declared a waiting execution interrupted. */
  private async confirm(
    { signal }: LiveExecution,
    call: PreparedCall,
    options: RefusalOptions,
  ): Promise<void> {
    try {
      await this.replicas.confirm();
    } catch (cause) {
      const error = new ToolError(
        'unavailable',
        'The database in which this server remembers its executions does not answer, so this was not begun.',
        { cause },
      );
      this.refuse(call.tool.name, argsOf(call), options, error);
      throw error;
    }
    signal.throwIfAborted();
  }

  private async finish({ execution, options }: Admitted, outcome: Outcome): Promise<void> {
    const { request, origin } = options;
    endCall(request, origin, 'error' in outcome ? outcome.error.code : undefined);
    execution.isEnding = true;
    this.invoker.retract(execution.id);
    await this.recorder.end(execution, outcome);
    this.running.delete(execution.id);
    execution.settle(outcome);
  }
}

function ignore(): void {}
