export { pieceOf } from './cut-output.js';
export { EXECUTION_STATUSES, isFinished, outcomeOf } from './execution.js';
export type { Execution, ExecutionEvent, ExecutionStatus } from './execution.js';
export type { StartOptions } from './execution.runner.js';
export type { ExecutionFilter } from './execution.store.js';
export { Executions } from './executions.service.js';
export type { Started } from './executions.service.js';
export { ExecutionsModule } from './executions.module.js';
export { stillRunningText } from './execution-text.js';
