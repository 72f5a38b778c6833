export { CliModule } from './cli.module.js';
export { Programs } from './programs.js';
export type { RunOptions, RunResult } from './programs.js';
