export { parseJson } from './json.js';
export { Pieces } from './pieces.js';
export { Turns } from './turns.js';
export { runInWorker, WorkTooLarge } from './workers.js';
export type { WorkLimits } from './workers.js';
export { Shares } from './shares.js';
export { stateFolder } from './state-folder.js';
