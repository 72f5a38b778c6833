import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { ToolError } from '#tools';

/** A chart repository as helm's `repositories.yaml` names it. */
export interface RepositoryEntry {
  name: string;
  url: string;
  username?: string;
  password?: string;
}

/**
 * The file that names the chart repositories (`repositories.yaml` of helm, format v1). Readers see
 * a whole file, from before or after a change.
 */
export class RepositoryFile {
  constructor(private readonly path: string) {}

  /** The repositories in their order; none if there is no file. */
  async read(): Promise<RepositoryEntry[]> {
    return entriesIn(await this.text());
  }

  /** Replaces the file. Only the server may read it, because it may hold passwords. */
  async write(entries: readonly RepositoryEntry[]): Promise<void> {
    const unfinished = `${this.path}.${randomUUID()}`;
    const document = { apiVersion: '', generated: new Date().toISOString(), repositories: entries };
    await writeFile(unfinished, stringify(document), { mode: 0o600 });
    await rename(unfinished, this.path);
  }

  private async text(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw new ToolError('unavailable', 'The list of chart repositories cannot be read.', {
        cause: error,
        retryable: false,
      });
    }
  }
}

function entriesIn(text: string): RepositoryEntry[] {
  try {
    const document = parse(text, { logLevel: 'error' }) as {
      repositories?: RepositoryEntry[] | null;
    } | null;
    return document?.repositories ?? [];
  } catch {
    // The error would quote the file, which may hold a password.
    throw new ToolError('unavailable', 'The list of chart repositories is not valid YAML.', {
      retryable: false,
    });
  }
}
