import { Logger, type INestApplicationContext } from '@nestjs/common';

/** Milliseconds that the end may take beyond what running calls are given. */
const CLOSE_MS = 5_000;

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Closes the application when the process is told to end, within the grace period and five seconds,
 * whatever hangs. Whoever presses Ctrl-C twice does not want to wait: the second SIGINT ends the
 * process at once. What it has started ends with it.
 * @param graceMs milliseconds that running calls are given
 */
export function endOnSignals(app: INestApplicationContext, graceMs: number): void {
  const logger = new Logger('Server');
  let isEnding = false;
  const end = (signal: NodeJS.Signals): void => {
    if (isEnding) {
      if (signal === 'SIGINT') process.exit(130);
      return;
    }
    isEnding = true;
    setTimeout(() => {
      logger.error(`The end took longer than ${(graceMs + CLOSE_MS) / 1_000} s and is cut short.`);
      process.exit(1);
    }, graceMs + CLOSE_MS);
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ msg: 'bug', err: error });
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, end);
}
