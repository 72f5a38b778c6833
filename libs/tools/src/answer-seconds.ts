/** Seconds that a tool with its own time limit gets beyond that limit, to report its state. */
export const ANSWER_SECONDS = 30;
