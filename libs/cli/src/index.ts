export { CliModule } from './cli.module.js';
export { withoutKlog } from './klog.js';
export { Programs } from './programs.js';
export type { RunResult } from './programs.js';
