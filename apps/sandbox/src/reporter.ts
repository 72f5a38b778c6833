/** Where the progress of a start is shown. */
export interface Reporter {
  /** A fact worth keeping, such as a finished program. */
  line(text: string): void;
  /** Where the work stands; takes the place of the state before it. */
  state(text: string): void;
}

export const silentReporter: Reporter = { line: () => {}, state: () => {} };

/** How often a state is repeated where it cannot be overwritten (a log file). */
const repeatMs = 15_000;

/** Progress on standard error, which leaves standard output to results. */
export function terminalReporter(stream = process.stderr): Reporter {
  let shownAt = Date.now();
  const clear = stream.isTTY ? '\r\u001b[2K' : '';
  return {
    line: (text) => void stream.write(`${clear}${text}\n`),
    state: (text) => {
      if (stream.isTTY) {
        stream.write(clear + text.slice(0, stream.columns - 1));
      } else if (Date.now() - shownAt > repeatMs) {
        shownAt = Date.now();
        stream.write(`${text}\n`);
      }
    },
  };
}
