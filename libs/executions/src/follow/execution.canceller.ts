import { Injectable } from '@nestjs/common';
import { ToolError } from '#tools';
import { ExecutionRunner } from '../run/execution.runner.js';
import { ExecutionDatabase } from '../store/database.js';
import { Replicas } from '../store/replicas.js';
import { asUnavailable, ExecutionReader } from './execution.reader.js';
import { ExecutionSignals } from './execution.signals.js';

/** Cancels executions, on whichever server they run. */
@Injectable()
export class ExecutionCanceller {
  constructor(
    private readonly database: ExecutionDatabase,
    private readonly replicas: Replicas,
    private readonly runner: ExecutionRunner,
    private readonly reader: ExecutionReader,
    signals: ExecutionSignals,
  ) {
    const obey = () => void this.obeyRequests();
    signals.events.on('cancelRequested', obey);
    replicas.events.on('beat', obey);
  }

  /**
   * Cancels an execution. `ExecutionReader.ended` tells when it has ended.
   * @throws ToolError `not_found`; `conflict` if it has ended already; `unavailable` without the
   * database
   */
  async cancel(id: string): Promise<void> {
    const live = this.runner.get(id);
    if (live && !live.isEnding) return live.cancel(cancelled());
    const { status } = await this.reader.find(id);
    if (!(await asUnavailable(this.database.writes.requestCancel(id)))) {
      throw new ToolError('conflict', `The execution ${id} has ended already (${status}).`);
    }
  }

  /** Cancels what other servers were asked to cancel and what runs here. */
  private async obeyRequests(): Promise<void> {
    const ids = await this.replicas.cancelRequests().catch(() => []);
    for (const id of ids) this.runner.get(id)?.cancel(cancelled());
  }
}

function cancelled(): ToolError {
  return new ToolError('cancelled', 'The execution was cancelled.');
}
