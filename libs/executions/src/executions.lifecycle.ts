import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Notices } from '#store';
import { ExecutionReader } from './follow/execution.reader.js';
import { ExecutionSignals } from './follow/execution.signals.js';
import { ExecutionRunner } from './run/execution.runner.js';
import { ExecutionDatabase } from './store/database.js';
import { ExecutionWriter } from './store/execution.writer.js';
import { Replicas } from './store/replicas.js';
import { Retention } from './store/retention.js';

/** Milliseconds that followers get to take the last events. */
const LAST_EVENTS_MS = 2_000;

/** Starts and stops the parts of the lib in order: Nest runs the hooks of a module side by side. */
@Injectable()
export class ExecutionsLifecycle implements OnModuleInit, BeforeApplicationShutdown {
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly database: ExecutionDatabase,
    private readonly replicas: Replicas,
    private readonly notices: Notices,
    private readonly signals: ExecutionSignals,
    private readonly retention: Retention,
    private readonly runner: ExecutionRunner,
    private readonly writer: ExecutionWriter,
    private readonly reader: ExecutionReader,
  ) {}

  /**
   * @throws Error if the database cannot be reached or brought up to date, which stops the start
   */
  async onModuleInit(): Promise<void> {
    await this.database.migrate();
    await this.replicas.start();
    await this.notices.open();
    await this.retention.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /**
   * Ends everything that runs here, as `ExecutionRunner.stop` says, and stores it. Front doors
   * await this before they close their connections.
   */
  stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  private async stopAll(): Promise<void> {
    await this.runner.stop();
    this.retention.stop();
    await this.writer.close();
    this.reader.close();
    const endMs = performance.now() + LAST_EVENTS_MS;
    while (this.signals.watching > 0 && performance.now() < endMs) await sleep(10);
    await this.replicas.stop().catch(() => {});
    await this.notices.close();
  }
}
