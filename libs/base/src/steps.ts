import { Turns } from './turns.js';

/** Work of any length in small steps: it yields wherever it may pause. */
export type Steps<T> = Generator<void, T, void>;

/** Work that is done already, where steps are asked for. */
// oxlint-disable-next-line require-yield
export function* noSteps<T>(result: T): Steps<T> {
  return result;
}

/** Does all steps of work that is known to be short. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Does the steps of work, with turns of the event loop between them, so that others get theirs.
 * @param turns those of the work that this is a part of
 */
export async function inTurns<T>(steps: Steps<T>, turns = new Turns()): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    const turn = turns.pass();
    if (turn) await turn;
  }
}
