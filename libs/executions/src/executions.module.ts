import { Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { StoreModule } from '#store';
import { toolsConfig } from '#tools';
import { ExecutionAnswers } from './execution.answers.js';
import { ExecutionTools } from './execution.tools.js';
import { executionsConfig, type ExecutionsConfig } from './executions.config.js';
import { ExecutionsLifecycle } from './executions.lifecycle.js';
import { ExecutionCanceller } from './follow/execution.canceller.js';
import { ExecutionReader } from './follow/execution.reader.js';
import { ExecutionSignals } from './follow/execution.signals.js';
import { OutputLimits } from './output-limits.js';
import { CallMetrics } from './metrics/call-metrics.interceptor.js';
import { ExecutionMetrics } from './metrics/execution-metrics.js';
import { StoreMetrics } from './metrics/store-metrics.js';
import { ExecutionRecorder } from './run/execution.recorder.js';
import { ExecutionRunner } from './run/execution.runner.js';
import { RunQueue } from './run/run-queue.js';
import { ExecutionDatabase } from './store/database.js';
import { ExecutionStore } from './store/execution.store.js';
import { ExecutionWriter } from './store/execution.writer.js';
import { KeyClaims } from './store/key-claims.js';
import { Replicas } from './store/replicas.js';
import { Retention } from './store/retention.js';
import { StoredBytes } from './store/stored-bytes.js';

/** What the doors use. */
const API = [
  ExecutionAnswers,
  ExecutionCanceller,
  ExecutionReader,
  ExecutionRunner,
  ExecutionsLifecycle,
  ExecutionWriter,
];

/** Running tools: waited for, followed, or left and come back to. */
@Global()
@Module({
  imports: [
    StoreModule,
    ConfigModule.forFeature(toolsConfig),
    ConfigModule.forFeature(executionsConfig),
  ],
  providers: [
    ...API,
    CallMetrics,
    ExecutionDatabase,
    ExecutionMetrics,
    {
      provide: RunQueue,
      inject: [executionsConfig.KEY],
      useFactory: ({ limits }: ExecutionsConfig) => new RunQueue(limits),
    },
    ExecutionRecorder,
    ExecutionSignals,
    ExecutionStore,
    ExecutionTools,
    KeyClaims,
    OutputLimits,
    Replicas,
    Retention,
    StoredBytes,
    StoreMetrics,
  ],
  exports: API,
})
export class ExecutionsModule {}
