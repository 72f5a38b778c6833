export { counter } from './metrics/counter.js';
export { Metrics, type Exposition } from './metrics/exposition.js';
export { gauge } from './metrics/gauge.js';
export { histogram } from './metrics/histogram.js';
export { boundedNames, OTHER } from './metrics/names.js';
export { feedOpenTelemetry } from './metrics/open-telemetry.js';
// OpenTelemetry
export { otelConfig } from './otel/otel.config.js';
export type { OtelConfig } from './otel/otel.config.js';
export { closeWithApplication, OtelModule } from './otel/otel.module.js';
export { OtelLogs, OtelSdk } from './otel/otel-sdk.js';
export { endCall, originOf } from './otel/tracing.js';
export type { CallRequest, TracedTool } from './otel/tracing.js';
