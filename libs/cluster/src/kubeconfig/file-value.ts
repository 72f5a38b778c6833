import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { fileState } from '#base';
import { ToolError } from '#tools';

const LOOK_EVERY_MS = 1_000;
/** Milliseconds for which a changed file must stand: whoever writes it may not have finished. */
const SETTLE_MS = 100;

/**
 * A credential that lives in a file and may be renewed there at any time. A file that becomes
 * unreadable, or half of a text, leaves the value before in use.
 */
export class FileValue {
  private value: string | undefined;
  /** The state of the file when it was read. */
  private state = '';
  /** A state that it had once since then. */
  private seen = '';
  private lookedAt = -Infinity;
  private isRefused = false;
  private fault: string | undefined;

  /**
   * @param field what the file is for, e.g. `The kubeconfig's user "a": tokenFile`
   * @param isWhole whether a text may take the place of the one before
   */
  constructor(
    readonly path: string,
    private readonly field: string,
    private readonly isWhole: (text: string) => boolean = isNotEmpty,
  ) {}

  /** Why the value is not what the file holds now. Undefined if it is. */
  get problem(): string | undefined {
    return this.value === undefined ? undefined : this.fault;
  }

  /**
   * The file's present text, read again at most once a second and only if the file has changed.
   * @throws ToolError `unavailable` naming the field, for a file that could never be read; only the
   * log names the file
   */
  read(): string {
    const now = Date.now();
    if (this.value !== undefined && now - this.lookedAt < LOOK_EVERY_MS) return this.value;
    const state = fileState(this.path);
    this.lookedAt = now;
    if (this.value !== undefined) {
      if (state === this.state) return this.value;
      if (state !== this.seen && !this.isRefused) {
        this.seen = state;
        this.lookedAt = now - LOOK_EVERY_MS + SETTLE_MS;
        return this.value;
      }
    }
    this.isRefused = false;
    return this.take(state);
  }

  /** Makes the next read look at the file, e.g. because its value was refused. */
  expire(): void {
    this.lookedAt = -Infinity;
    this.isRefused = true;
  }

  private take(state: string): string {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (cause) {
      const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
      return this.keep(`cannot read its file (${code})`, cause);
    }
    if (this.value !== undefined && !this.isWhole(text)) return this.keep('its file is incomplete');
    if (this.fault !== undefined) new Logger(FileValue.name).log(`${this.field}: is read again.`);
    this.fault = undefined;
    this.state = state;
    this.value = text;
    return text;
  }

  /** @throws ToolError `unavailable` where there is no value before */
  private keep(what: string, cause?: unknown): string {
    const problem = `${this.field}: ${what}.`;
    const fault = this.value === undefined ? problem : `${problem} Its value before stays in use.`;
    if (this.fault !== fault) new Logger(FileValue.name).warn(`${fault} It is ${this.path}`);
    this.fault = fault;
    if (this.value !== undefined) return this.value;
    throw new ToolError('unavailable', problem, { cause, retryable: false });
  }
}

function isNotEmpty(text: string): boolean {
  return text.trim() !== '';
}

/** Whether each block of a PEM text has its end, and there is one. */
export function isWholePem(text: string): boolean {
  const begun = text.split('-----BEGIN ').length;
  return begun > 1 && begun === text.split('-----END ').length;
}
