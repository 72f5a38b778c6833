import type { LoggerService } from '@nestjs/common';

/** Keeps what would be warned of in a log, such as a kubeconfig that cannot be read. */
export class NotedWarnings implements LoggerService {
  readonly texts: string[] = [];

  log(): void {}

  warn(message: unknown): void {
    this.texts.push(textOf(message));
  }

  error(): void {
    // Whoever makes the application gets it as an exception.
  }
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  const { msg } = (message ?? {}) as { msg?: unknown };
  return typeof msg === 'string' ? msg : 'something is wrong';
}
