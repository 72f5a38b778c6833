import { readWhole } from './release-read.js';

/** Reads a large release, in a thread of its own. */
export default readWhole;
