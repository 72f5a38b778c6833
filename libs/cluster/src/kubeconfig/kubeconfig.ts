import { isDeepStrictEqual } from 'node:util';
import { dirname, resolve } from 'node:path';
import {
  SECTIONS,
  type KubeconfigDocument,
  type KubeconfigEntry,
  type Section,
} from './kubeconfig-document.js';

/** The entries that make a context: its own, and those of its cluster and its user. */
type ContextEntries = readonly (KubeconfigEntry | undefined)[];

/**
 * Several kubeconfig files merged as kubectl merges them: for each name and for `current-context`,
 * the first file that has it wins.
 */
export class Kubeconfig {
  readonly currentContext: string | undefined;
  private readonly sections: Record<Section, Map<string, KubeconfigEntry>> = {
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
  };

  constructor(documents: readonly KubeconfigDocument[]) {
    for (const { currentContext, sections } of documents) {
      this.currentContext ??= currentContext;
      for (const section of SECTIONS) this.merge(section, sections[section]);
    }
  }

  get contextNames(): string[] {
    return [...this.sections.contexts.keys()];
  }

  entry(section: Section, name: string): KubeconfigEntry | undefined {
    return this.sections[section].get(name);
  }

  /** Whether a context is reached as in another kubeconfig, in the same way by the same user. */
  hasSame(context: string, other: Kubeconfig): boolean {
    return isDeepStrictEqual(this.entriesOf(context), other.entriesOf(context));
  }

  private entriesOf(context: string): ContextEntries {
    const own = this.entry('contexts', context);
    const named = (section: Section, field: string) => {
      const name = own?.fields[field];
      return typeof name === 'string' ? this.entry(section, name) : undefined;
    };
    return [own, named('clusters', 'cluster'), named('users', 'user')];
  }

  private merge(section: Section, entries: ReadonlyMap<string, KubeconfigEntry>): void {
    const merged = this.sections[section];
    for (const [name, entry] of entries) if (!merged.has(name)) merged.set(name, entry);
  }
}

/** A path of a kubeconfig file is meant from that file's folder. */
export function besideFile(file: string, path: string): string {
  return resolve(dirname(file), path);
}
