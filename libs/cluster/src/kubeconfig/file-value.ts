import { readFileSync, statSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { ToolError } from '#tools';

const LOOK_EVERY_MS = 1_000;

/** A credential that lives in a file and may be renewed there at any time. */
export class FileValue {
  private value = '';
  private modified = -1;
  private lookedAt = -Infinity;
  /** The last failure that was logged. */
  private logged = '';

  /** @param field what the file is for, e.g. `The kubeconfig's user "a": tokenFile` */
  constructor(
    readonly path: string,
    private readonly field: string,
  ) {}

  /**
   * The file's present text, read again at most once a second and only if the file has changed.
   * @throws ToolError `unavailable` naming the field; only the log names the file
   */
  read(): string {
    const now = Date.now();
    if (now - this.lookedAt < LOOK_EVERY_MS) return this.value;
    try {
      const { mtimeMs } = statSync(this.path);
      if (mtimeMs !== this.modified) {
        this.value = readFileSync(this.path, 'utf8');
        this.modified = mtimeMs;
      }
      this.lookedAt = now;
      return this.value;
    } catch (cause) {
      const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
      const problem = `${this.field}: cannot read its file (${code}).`;
      this.log(problem);
      throw new ToolError('unavailable', problem, { cause, retryable: false });
    }
  }

  private log(problem: string): void {
    if (this.logged === problem) return;
    this.logged = problem;
    new Logger(FileValue.name).warn(`${problem} It is ${this.path}`);
  }

  /** Makes the next read look at the file, e.g. because its value was refused. */
  expire(): void {
    this.lookedAt = -Infinity;
  }
}
