/** Cancels that are passed on in one turn of the event loop: each ends a call, with an answer. */
const CANCELS_PER_TURN = 50;

const waiting: (() => void)[] = [];

/**
 * A signal that aborts when another one does. Where many abort at once, as with the end of a
 * connection, a few are passed on in each turn of the event loop. The newest come first: a call
 * that has not begun must not get the place of one that has just ended.
 * @returns the signal, and what stops following the other one
 */
export function spreadCancels(signal: AbortSignal): { signal: AbortSignal; stop: () => void } {
  const cancel = new AbortController();
  const abort = () => cancel.abort(signal.reason);
  const wait = () => {
    if (waiting.push(abort) === 1) setImmediate(passOn);
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', wait, { once: true });
  return { signal: cancel.signal, stop: () => signal.removeEventListener('abort', wait) };
}

function passOn(): void {
  for (let count = 0; count < CANCELS_PER_TURN; count++) waiting.pop()?.();
  if (waiting.length > 0) setImmediate(passOn);
}
