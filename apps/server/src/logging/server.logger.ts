import { Logger, PinoLogger, type Params } from 'nestjs-pino';
import { pino } from 'pino';
import { isoNow } from '#base';
import { callScope } from '#cluster';
import { logFactsOf } from '#tools';
import { StderrDestination } from './stderr-destination.js';

/** Parts of Nest that log a line for each module and route at every start. */
const NOISY_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

const stderr = new StderrDestination(process.stderr);

const params: Params = {
  pinoHttp: {
    logger: pino(
      {
        base: undefined,
        timestamp: () => `,"time":"${isoNow()}"`,
        formatters: { level: (level) => ({ level }) },
        serializers: { err: stackOf },
        // What is logged during a call says which one.
        mixin: () => logFactsOf(callScope.getStore()?.origin),
      },
      stderr,
    ),
    // Keeps the serializer above.
    wrapSerializers: false,
  },
};

/** Has the lines of the log go to a collector too. */
export function sendLogTo(records: { write(line: string): void } | undefined): void {
  stderr.also = records && ((line) => records.write(line));
}

/**
 * The log of the server: one flat JSON object a line, on stderr. Each has `time` (ISO 8601),
 * `level`, `msg` and `context`, and the facts of an object that is logged:
 * `logger.log({ msg: 'call', tool, durationMs })`. Requests have no line of their own, as no
 * middleware of pino-http is used.
 */
export class ServerLogger extends Logger {
  constructor() {
    super(new PinoLogger(params), params);
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!NOISY_CONTEXTS.has(String(rest.at(-1)))) super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) !== TOLD_BY_OTHERS) super.error(message, ...rest);
  }
}

/** What stops a start is told by whoever starts, without a stack. */
const TOLD_BY_OTHERS = 'ExceptionHandler';

/** An error as one text. Other properties of an error stay out: they may hold what a call read. */
function stackOf(error: unknown): unknown {
  return error instanceof Error ? error.stack : error;
}
