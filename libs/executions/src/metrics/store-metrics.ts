import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { STORE_UP } from '#store';
import { gauge } from '#telemetry';
import { executionsConfig, type ExecutionsConfig } from '../executions.config.js';
import { ExecutionWriter } from '../store/execution.writer.js';
import { StoredBytes } from '../store/stored-bytes.js';

const BYTES = gauge({
  name: 'skyflo.store',
  description: 'What stored executions take up, of all servers that share the database.',
  unit: 'By',
  labels: [],
});

const LIMIT = gauge({
  name: 'skyflo.store.limit',
  description: 'What they may take up (EXECUTIONS_MAX_MB). The oldest are forgotten beyond it.',
  unit: 'By',
  labels: [],
});

/** Shows how much is stored of executions, and whether more can be. */
@Injectable()
export class StoreMetrics implements OnModuleInit {
  constructor(
    private readonly bytes: StoredBytes,
    private readonly writer: ExecutionWriter,
    @Inject(executionsConfig.KEY) private readonly config: ExecutionsConfig,
  ) {}

  onModuleInit(): void {
    BYTES.observe(() => [[this.bytes.total]]);
    LIMIT.observe(() => [[this.config.maxBytes]]);
    STORE_UP.observe(() => [[this.writer.failure === undefined ? 1 : 0, 'executions']]);
  }
}
