import { ConsoleLogger, type LogLevel } from '@nestjs/common';

/** Parts of Nest that log a line for each module and route at every start. */
const NOISY_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** How long a line may wait for others to go with it; a warning or an error does not. */
const FLUSH_MS = 50;

/**
 * Nest's console logger, all of it on stderr: stdout belongs to MCP's stdio transport and to what
 * people pipe.
 */
export class StderrLogger extends ConsoleLogger {
  private lines = '';
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    super({ json: !process.stderr.isTTY, logLevels: ['log', 'warn', 'error', 'fatal'] });
    process.once('exit', () => this.flush());
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!NOISY_CONTEXTS.has(String(rest.at(-1)))) super.log(message, ...rest);
  }

  protected override printMessages(
    messages: unknown[],
    context?: string,
    logLevel?: LogLevel,
    _stream?: 'stdout' | 'stderr',
    errorStack?: unknown,
    params?: Record<string, unknown>,
  ): void {
    super.printMessages(messages, context, logLevel, 'stderr', errorStack, params);
  }

  /** Lines go out together, in one write: each write to a file or pipe holds the event loop up. */
  protected override printAsJson(
    message: unknown,
    options: Parameters<ConsoleLogger['printAsJson']>[1],
  ): void {
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
    const line = this.getJsonLogObject(message, options);
    // The line of a call, the one that is written all the time, needs none of Nest's care for
    // cycles and depth.
    this.lines += `${isFlat(message) ? JSON.stringify(line) : this.stringifyJsonLogObject(line)}\n`;
    if (options.logLevel !== 'log') this.flush();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.lines === '') return;
    process.stderr.write(this.lines);
    this.lines = '';
  }
}

function isFlat(message: unknown): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    Object.values(message).every((value) => typeof value === 'string' || typeof value === 'number')
  );
}
