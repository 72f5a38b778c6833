import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '#base';

/** One `clusters`, `users` or `contexts` entry, and the file that it came from. */
export interface KubeconfigEntry {
  name: string;
  file: string;
  fields: Record<string, unknown>;
}

export type Section = 'clusters' | 'users' | 'contexts';

const FIELD_OF = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;

/**
 * Several kubeconfig files merged as kubectl merges them: for each name and for `current-context`,
 * the first file that has it wins, and files that do not exist are passed over. A file that cannot
 * be read or parsed is listed in `problems`; the others still count.
 */
export class Kubeconfig {
  readonly problems: string[] = [];
  currentContext: string | undefined;
  private readonly sections: Record<Section, Map<string, KubeconfigEntry>> = {
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
  };

  constructor(paths: string[]) {
    for (const path of paths) this.merge(resolve(path));
  }

  get contextNames(): string[] {
    return [...this.sections.contexts.keys()];
  }

  entry(section: Section, name: string): KubeconfigEntry | undefined {
    return this.sections[section].get(name);
  }

  private merge(file: string): void {
    const document = this.read(file);
    if (document === undefined) return;
    const current = document['current-context'];
    if (typeof current === 'string' && current !== '') this.currentContext ??= current;
    for (const section of Object.keys(FIELD_OF) as Section[]) {
      const entries = document[section] ?? [];
      if (!Array.isArray(entries)) {
        this.problems.push(`${file}: "${section}" is not a list`);
        continue;
      }
      for (const entry of entries as unknown[]) this.add(section, file, entry);
    }
  }

  private add(section: Section, file: string, entry: unknown): void {
    const name = isRecord(entry) ? entry.name : undefined;
    if (!isRecord(entry) || typeof name !== 'string') {
      this.problems.push(`${file}: an entry of "${section}" has no name`);
      return;
    }
    const fields = entry[FIELD_OF[section]];
    if (this.sections[section].has(name)) return;
    this.sections[section].set(name, { name, file, fields: isRecord(fields) ? fields : {} });
  }

  private read(file: string): Record<string, unknown> | undefined {
    try {
      const document: unknown = parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) ?? {};
      if (isRecord(document)) return document;
      this.problems.push(`${file}: not a kubeconfig`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      this.problems.push(`${file}: ${firstLine(message)}`);
    }
    return undefined;
  }
}

/** A path of a kubeconfig file is meant from that file's folder. */
export function besideFile(file: string, path: string): string {
  return resolve(dirname(file), path);
}

// The lines after the first quote the file, which may hold a credential.
function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/:$/, '');
}
