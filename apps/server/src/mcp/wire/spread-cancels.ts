/** Cancels in one turn of the event loop. Each of them ends a call and sends an answer. */
const CANCELS_PER_TURN = 20;

const waiting: (() => void)[] = [];

/**
 * A signal that follows another one. If many abort together, as at the end of a connection, each
 * turn of the event loop passes a few on. The newest come first, so that a call that waits does not
 * get the place of a cancelled one.
 * @returns the signal, and a function that stops following
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
