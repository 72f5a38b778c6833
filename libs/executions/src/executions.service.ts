import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Kysely } from 'kysely';
import { ToolError, ToolInvoker, toolsConfig, type ToolsConfig, type ToolResult } from '#tools';
import { cutOutput } from './cut-output.js';
import { openPostgres, openSqlite } from './database.js';
import { isFinished, outcomeOf, type Execution, type ExecutionEvent } from './execution.js';
import { ExecutionRunner, type StartOptions } from './execution.runner.js';
import { CHANNEL, ExecutionSignals } from './execution.signals.js';
import { ExecutionStore, type ExecutionFilter, type ExecutionPage } from './execution.store.js';
import { ExecutionWriter } from './execution.writer.js';
import { executionsConfig, type ExecutionsConfig } from './executions.config.js';
import type { LiveExecution } from './live-execution.js';
import { migrate } from './migrate.js';
import { Replicas } from './replicas.js';
import { Retention } from './retention.js';
import { RunQueue } from './run-queue.js';
import type { Schema } from './schema.js';

/** After all events of any execution: of whom only the end is awaited. */
const LAST_SEQ = 2 ** 31 - 2;

/** An execution that `start` has begun, or found under its idempotency key. */
export interface Started {
  id: string;
  /** There while it runs on this server. */
  live?: LiveExecution;
}

/** All runs of tools: to start, follow, look up and cancel, on this server or another one with the same database. */
@Injectable()
export class Executions implements OnModuleInit, BeforeApplicationShutdown {
  private readonly db: Kysely<Schema>;
  private readonly store: ExecutionStore;
  private readonly signals: ExecutionSignals;
  private readonly writer: ExecutionWriter;
  private readonly replicas: Replicas;
  private readonly retention: Retention;
  private readonly runner: ExecutionRunner;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly invoker: ToolInvoker,
    @Inject(toolsConfig.KEY) private readonly tools: ToolsConfig,
    @Inject(executionsConfig.KEY) config: ExecutionsConfig,
  ) {
    const { databaseUrl, file } = config;
    this.db = databaseUrl ? openPostgres(databaseUrl) : openSqlite(file);
    this.store = new ExecutionStore(this.db, databaseUrl && CHANNEL);
    this.signals = new ExecutionSignals(databaseUrl);
    this.writer = new ExecutionWriter(this.store, (ids) => {
      // PostgreSQL tells this server too.
      if (!databaseUrl) for (const id of ids) this.signals.changed(id);
    });
    this.replicas = new Replicas(this.store);
    this.retention = new Retention(this.store, config);
    const { store, writer, replicas } = this;
    const queue = new RunQueue(config.limits);
    const parts = { invoker, store, writer, queue, config, replica: replicas.id };
    this.runner = new ExecutionRunner({ ...parts, maxOutputChars: tools.maxOutputChars });
  }

  /** @throws Error where the database cannot be reached or brought up to date, which stops the start */
  async onModuleInit(): Promise<void> {
    await migrate(this.db);
    await this.replicas.start();
    this.signals.onChange((id) => void this.obeyCancel(id));
    await this.signals.listen();
    this.retention.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Ends all that runs here, as `ExecutionRunner.stop` says. Front doors await this before they close their connections. */
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
    const started = await this.runner.start(this.invoker.prepare(name, args), options);
    const live = this.runner.get(started.id);
    return live ? { id: live.id, live } : { id: started.id };
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
      throw error.withOutput(this.cut(id, { output: error.output }).output);
    }
  }

  /** @throws ToolError `not_found` */
  async find(id: string): Promise<Execution> {
    const execution = await this.store.find(id);
    if (execution) return execution;
    const live = this.runner.get(id);
    if (!live) throw new ToolError('not_found', `There is no execution ${id}, or it is forgotten.`);
    return live.snapshot();
  }

  /** As `find`; of one that runs here, with its output so far. */
  async look(id: string): Promise<Execution> {
    return this.runner.get(id)?.snapshot() ?? this.find(id);
  }

  /**
   * Waits until an execution has ended, wherever it runs.
   * @returns false if the signal aborts before
   * @throws ToolError `not_found`
   */
  async ended(id: string, signal: AbortSignal): Promise<boolean> {
    for await (const event of this.follow(id, LAST_SEQ, signal)) {
      if (event.type === 'result') return true;
    }
    return false;
  }

  /** The remembered executions, newest first, without their outputs. */
  list(filter: ExecutionFilter, page: { limit: number; after?: string }): Promise<ExecutionPage> {
    return this.store.list(filter, page);
  }

  /**
   * The events of an execution after one of them, as they come, to the `result` that is the last. Reads no further than its reader takes.
   * @throws ToolError `not_found`
   */
  async *follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<ExecutionEvent> {
    const watch = this.signals.watch(id, signal);
    let seen = after;
    try {
      await this.find(id);
      while (!signal.aborted) {
        // Read before the events: those of a finished execution are all there.
        const execution = await this.find(id);
        const events = await this.store.events(id, seen);
        for (const event of events) {
          seen = event.seq;
          yield event;
        }
        if (events.length > 0) continue;
        if (isFinished(execution)) {
          yield { seq: seen + 1, type: 'result', execution };
          return;
        }
        await watch.next();
      }
    } finally {
      watch.stop();
    }
  }

  /**
   * Cancels an execution, wherever it runs. It has ended when `result` says so.
   * @throws ToolError `not_found`; `conflict` when it has ended already
   */
  async cancel(id: string): Promise<void> {
    const live = this.runner.get(id);
    if (live) return live.cancel(new ToolError('cancelled', 'The execution was cancelled.'));
    const { status } = await this.find(id);
    if (!(await this.store.requestCancel(id))) {
      throw new ToolError('conflict', `The execution ${id} has ended already (${status}).`);
    }
  }

  /** How to read more of an output than one answer holds. */
  cut(id: string, result: ToolResult): ToolResult {
    const wayOn = `The rest: GET /engine/v1/executions/${id}/output?offset=..., or the tool execution_status with execution_id ${id} and an offset.`;
    return { ...result, output: cutOutput(result.output, this.tools.maxOutputChars, wayOn) };
  }

  private async laterResult(id: string, signal: AbortSignal): Promise<ToolResult> {
    if (!(await this.ended(id, signal))) throw signal.reason;
    const outcome = outcomeOf(await this.find(id));
    if (!outcome || 'error' in outcome) throw outcome?.error;
    return outcome.result;
  }

  /** Another server was asked to cancel what may run here. */
  private async obeyCancel(id: string): Promise<void> {
    if (!this.runner.get(id)) return;
    const wanted = await this.store.cancelRequests(this.replicas.id).catch(() => []);
    for (const cancelled of wanted) {
      this.runner
        .get(cancelled)
        ?.cancel(new ToolError('cancelled', 'The execution was cancelled.'));
    }
  }

  private async stopAll(): Promise<void> {
    await this.runner.stop();
    this.retention.stop();
    await this.writer.flush().catch(() => {});
    await this.replicas.stop().catch(() => {});
    await this.signals.close();
    await this.store.close();
  }
}
