import { Logger, type INestApplicationContext } from '@nestjs/common';

/** Milliseconds that the shutdown may take beyond the grace period of running calls. */
const CLOSE_MS = 5_000;

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Closes the application when the process gets a signal to end. The process ends at the latest
 * five seconds after the grace period. A second SIGINT, as from a second Ctrl-C, ends it at once.
 * @param graceMs milliseconds that running calls get to end
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
      logger.error(
        `The shutdown takes longer than ${(graceMs + CLOSE_MS) / 1_000} s. The process ends now.`,
      );
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
