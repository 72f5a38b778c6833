export { CliModule } from './cli.module.js';
export { Programs } from './programs.js';
