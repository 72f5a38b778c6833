/** What a tool with a time limit of its own is given beyond it, to say where it stands. */
export const ANSWER_SECONDS = 30;
