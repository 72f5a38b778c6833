import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ToolError, type ToolInvoker, type ToolsConfig, type ToolResult } from '#tools';
import { cutOutput } from './cut-output.js';
import { outcomeOf, type Execution, type ExecutionEvent } from './execution.js';
import { ExecutionRunner, type StartOptions } from './run/execution.runner.js';
import { asUnavailable, ExecutionReader } from './follow/execution.reader.js';
import { ExecutionSignals } from './follow/execution.signals.js';
import {
  ExecutionStore,
  type ExecutionFilter,
  type ExecutionPage,
} from './store/execution.store.js';
import { ExecutionWriter } from './store/execution.writer.js';
import type { ExecutionsConfig } from './executions.config.js';
import { LiveExecution } from './live-execution.js';
import { ExecutionRecorder } from './run/execution.recorder.js';
import type { ExecutionDatabase } from './store/database.js';
import { KeyClaims } from './store/key-claims.js';
import { Replicas } from './store/replicas.js';
import { Retention } from './store/retention.js';
import { RunQueue } from './run/run-queue.js';
import { StoredBytes } from './store/stored-bytes.js';

/** Milliseconds that followers get to take the last events. */
const LAST_WORDS_MS = 2_000;

/** An execution that `start` has begun, or found under its idempotency key. */
export interface Started {
  id: string;
  /** Set while it runs on this server. */
  live?: LiveExecution;
}

/**
 * All runs of tools: to start, follow, look up and cancel, on this server or another one with the
 * same database.
 */
export class Executions implements OnModuleInit, BeforeApplicationShutdown {
  private readonly store: ExecutionStore;
  private readonly signals: ExecutionSignals;
  private readonly writer: ExecutionWriter;
  private readonly replicas: Replicas;
  private readonly retention: Retention;
  private readonly runner: ExecutionRunner;
  private readonly reader: ExecutionReader;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly database: ExecutionDatabase,
    private readonly invoker: ToolInvoker,
    private readonly tools: ToolsConfig,
    config: ExecutionsConfig,
  ) {
    const { databaseUrl } = config;
    const othersTell = databaseUrl !== undefined;
    const { writes, lanes } = database;
    this.store = new ExecutionStore(database.reads);
    this.signals = new ExecutionSignals(databaseUrl, () => void this.obeyCancels());
    const bytes = new StoredBytes();
    this.retention = new Retention(database, config, bytes);
    this.writer = new ExecutionWriter({
      writes,
      lanes,
      bytes,
      retention: this.retention,
      written: (ids) => {
        for (const id of ids) this.signals.changed(id);
      },
    });
    this.replicas = new Replicas(database, {
      beaten: () => {
        this.writer.reached();
        void this.signals.check();
        void this.obeyCancels();
      },
      givenUp: () => this.runner.giveUp(),
    });
    const { store, signals, writer, replicas } = this;
    const maxKeptOutputChars = Math.max(config.maxKeptOutputChars, tools.maxOutputChars);
    this.runner = new ExecutionRunner({
      invoker,
      recorder: new ExecutionRecorder({
        writer,
        claims: new KeyClaims(writes, lanes),
        bytes,
        replica: replicas.id,
        limits: { maxKeptOutputChars, maxOutputChars: tools.maxOutputChars },
      }),
      queue: new RunQueue(config.limits),
      confirm: () => replicas.confirm(),
      shutdownGraceMs: config.shutdownGraceMs,
      maxKeptOutputChars,
    });
    const { runner } = this;
    this.reader = new ExecutionReader({ store, signals, writer, runner, othersTell });
  }

  /**
   * @throws Error where the database cannot be reached or brought up to date, which stops the start
   */
  async onModuleInit(): Promise<void> {
    await this.database.migrate();
    await this.replicas.start();
    await this.signals.listen();
    await this.retention.start();
  }

  /** Why executions cannot be remembered now; undefined while they can. */
  get storeFailure(): string | undefined {
    return this.writer.failure ?? this.replicas.failure;
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /**
   * Ends all that runs here, as `ExecutionRunner.stop` says. Front doors await this before they
   * close their connections.
   */
  stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  /**
   * Starts a call, or finds the one that its caller has started under the same idempotency key.
   * @param args the parameters, as the caller sent them
   * @throws ToolError as `ToolInvoker.prepare` and `ExecutionRunner.start`
   */
  async start(name: string, args: unknown, options: StartOptions): Promise<Started> {
    const call = this.invoker.prepare(name, args, options.executionId);
    const started = await this.runner.start(call, options);
    const { id } = started;
    return { id, live: started instanceof LiveExecution ? started : this.runner.get(id) };
  }

  /**
   * Waits for the end of an execution, wherever it runs.
   * @returns what its caller gets: cut where it is too long
   * @throws ToolError that it ended with; `not_found`
   */
  async result({ id, live }: Started, signal: AbortSignal): Promise<ToolResult> {
    try {
      return this.cut(id, live ? await live.result() : await this.laterResult(id, signal));
    } catch (error) {
      if (!(error instanceof ToolError) || !error.output) throw error;
      throw error.with({ output: this.cut(id, { output: error.output }).output });
    }
  }

  /** As `ExecutionReader.find`. */
  find(id: string): Promise<Execution> {
    return this.reader.find(id);
  }

  /** As `ExecutionReader.mustExist`. */
  mustExist(id: string): Promise<void> {
    return this.reader.mustExist(id);
  }

  /** As `ExecutionReader.ended`. */
  ended(
    id: string,
    signal: AbortSignal,
    tellAway?: (message: string) => void,
  ): Promise<Execution | undefined> {
    return this.reader.ended(id, signal, tellAway);
  }

  /** As `ExecutionReader.list`. */
  list(filter: ExecutionFilter, page: { limit: number; after?: string }): Promise<ExecutionPage> {
    return this.reader.list(filter, page);
  }

  /** As `ExecutionReader.follow`. */
  follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<ExecutionEvent> {
    return this.reader.follow(id, after, signal);
  }

  /**
   * Cancels an execution, wherever it runs. It has ended when `ended` says so.
   * @throws ToolError `not_found`; `conflict` when it has ended already; `unavailable` without the
   * database
   */
  async cancel(id: string): Promise<void> {
    const live = this.runner.get(id);
    if (live && !live.isEnding) return live.cancel(cancelled());
    const { status } = await this.find(id);
    if (!(await asUnavailable(this.database.writes.requestCancel(id)))) {
      throw new ToolError('conflict', `The execution ${id} has ended already (${status}).`);
    }
  }

  /**
   * Cuts an output to what one answer holds, and says how to read more of it. The data, which hold
   * the same, are then left out.
   */
  cut(id: string, result: ToolResult): ToolResult {
    const { maxOutputChars } = this.tools;
    if (result.output.length <= maxOutputChars) return result;
    const wayOn = `The rest: GET /engine/v1/executions/${id}/output?offset=..., or the tool execution_status with execution_id ${id} and an offset.`;
    return { output: cutOutput(result.output, maxOutputChars, wayOn) };
  }

  /** An execution with its output cut in the same way. */
  shown(execution: Execution): Execution {
    const { id, output, data } = execution;
    if (output === undefined) return execution;
    return { ...execution, data: undefined, ...this.cut(id, { output, data }) };
  }

  private async laterResult(id: string, signal: AbortSignal): Promise<ToolResult> {
    const end = await this.ended(id, signal);
    if (!end) throw signal.reason;
    const outcome = outcomeOf(end);
    if (!outcome || 'error' in outcome) throw outcome?.error;
    return outcome.result;
  }

  /** Ends what other servers were asked to cancel and what runs here. */
  private async obeyCancels(): Promise<void> {
    const wanted = await this.replicas.cancelRequests().catch(() => []);
    for (const id of wanted) this.runner.get(id)?.cancel(cancelled());
  }

  private async stopAll(): Promise<void> {
    await this.runner.stop();
    this.retention.stop();
    await this.writer.close();
    this.reader.close();
    const patience = performance.now() + LAST_WORDS_MS;
    while (this.signals.watching > 0 && performance.now() < patience) await sleep(10);
    await this.replicas.stop().catch(() => {});
    await this.signals.close();
    await this.database.close();
  }
}

function cancelled(): ToolError {
  return new ToolError('cancelled', 'The execution was cancelled.');
}
