/**
 * Files of specs that run at a time, each on a sandbox of its own. They wait more than they work.
 */
export const LANES = 3;
