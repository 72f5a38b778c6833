import { readFileSync, statSync } from 'node:fs';
import { ToolError } from '#tools';

const LOOK_EVERY_MS = 1_000;

/** A credential that lives in a file and may be renewed there at any time. */
export class FileValue {
  private value = '';
  private modified = -1;
  private lookedAt = -Infinity;

  /** @param field what the file is for, e.g. `kubeconfig /x: user "a": tokenFile` */
  constructor(
    readonly path: string,
    private readonly field: string,
  ) {}

  /**
   * The file's present text, read again at most once a second and only if the file has changed.
   * @throws ToolError `unavailable` naming file and field
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
      const { code } = cause as NodeJS.ErrnoException;
      throw new ToolError('unavailable', `${this.field}: cannot read ${this.path} (${code}).`, {
        cause,
        retryable: false,
      });
    }
  }

  /** Makes the next read look at the file, e.g. because its value was refused. */
  expire(): void {
    this.lookedAt = -Infinity;
  }
}
