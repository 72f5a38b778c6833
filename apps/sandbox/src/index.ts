export { ensureTestPrograms } from './programs/binaries.js';
export type { ProcessName } from './cluster.js';
export { signalGroup } from './process-info.js';
export type { ProcessStatus } from './processes.js';
export { type Reporter, silentReporter, terminalReporter } from './reporter.js';
export { openSandbox, Sandbox, startSandbox, type StartOptions } from './sandbox.js';
export { waitFor, type WaitOptions } from './wait.js';
