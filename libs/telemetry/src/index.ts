export { counter } from './metrics/counter.js';
export { Metrics, type Exposition } from './metrics/exposition.js';
export { gauge } from './metrics/gauge.js';
export { histogram } from './metrics/histogram.js';
export { boundedNames, OTHER } from './metrics/names.js';
export { feedOpenTelemetry } from './metrics/open-telemetry.js';
