export { inOrder, mapConcurrently, merge } from './concurrency.js';
export { fileState, FileWatch } from './file-watch.js';
export type { FileWatchOptions } from './file-watch.js';
export { readOptions, UsageError } from './command-options.js';
export { isHelp } from './help-option.js';
export { isoNow } from './iso-time.js';
export { parseJson } from './json.js';
export { nearestBySpelling, nearestHint, nearestNames } from './nearest-names.js';
export { Pieces } from './pieces.js';
export { sharedTurns } from './shared-turns.js';
export { atOnce, inTurns, noSteps } from './steps.js';
export type { Steps } from './steps.js';
export { Turns } from './turns.js';
export { runInWorker, WorkTooLarge } from './workers.js';
export type { WorkLimits } from './workers.js';
export { Shares } from './shares.js';
export { stateFolder } from './state-folder.js';
export { orAfter, untilAborted } from './abort.js';
export { compareTexts } from './compare-texts.js';
export { isRecord } from './record.js';
export { isNoSuchFile } from './no-such-file.js';
export {
  keepPrivateFile,
  makePrivateFile,
  readPrivateFile,
  writePrivateFile,
} from './private-file.js';
