export { createClient, SkyfloClient } from './client.js';
export { SkyfloError } from './http/skyflo-error.js';
export type { FailureCode } from './http/skyflo-error.js';
export type {
  CallOptions,
  ClientOptions,
  FollowOptions,
  RequestOptions,
  StartOptions,
  Token,
} from './options.js';
export { Run } from './runs/run.js';
export type {
  AnyTools,
  ErrorCode,
  Execution,
  ExecutionFilter,
  ExecutionStatus,
  FieldError,
  RunEvent,
  Tool,
  ToolAnswer,
  ToolFilter,
  ToolMap,
  ToolName,
  ToolParameters,
  Tools,
} from './types.js';
export type { components, operations, paths } from './generated/schemas.js';
