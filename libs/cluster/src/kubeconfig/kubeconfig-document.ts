import { parse } from 'yaml';
import { isRecord } from '#base';

/** One `clusters`, `users` or `contexts` entry, and the file that it came from. */
export interface KubeconfigEntry {
  name: string;
  file: string;
  fields: Record<string, unknown>;
}

export type Section = 'clusters' | 'users' | 'contexts';

/** What one kubeconfig file says. */
export interface KubeconfigDocument {
  readonly currentContext: string | undefined;
  /** By name. The first of two with the same name counts. */
  readonly sections: Record<Section, ReadonlyMap<string, KubeconfigEntry>>;
  /** What of it cannot be used, without the path of the file and without its content. */
  readonly problems: readonly string[];
}

/** A YAML text as data, or why it is none. Never quotes the text. */
export type ParsedText = { value: unknown } | { problem: string };

export const FIELD_OF = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;

export const SECTIONS = Object.keys(FIELD_OF) as Section[];

/** Parses the text of a kubeconfig. */
export function parseKubeconfig(text: string): ParsedText {
  try {
    return { value: parse(text, { logLevel: 'error' }) ?? {} };
  } catch (error) {
    return { problem: firstLine((error as Error).message) };
  }
}

/** What a file says whose text has been parsed. */
export function documentOf(file: string, parsed: ParsedText): KubeconfigDocument {
  if ('problem' in parsed) return nothingOf(parsed.problem);
  const { value } = parsed;
  if (!isRecord(value)) return nothingOf('not a kubeconfig');
  const problems: string[] = [];
  const sectionOf = (section: Section) => {
    const entries = value[section] ?? [];
    if (Array.isArray(entries)) return entriesOf(file, section, entries, problems);
    problems.push(`"${section}" is not a list`);
    return new Map<string, KubeconfigEntry>();
  };
  const current = value['current-context'];
  return {
    currentContext: typeof current === 'string' && current !== '' ? current : undefined,
    sections: {
      clusters: sectionOf('clusters'),
      users: sectionOf('users'),
      contexts: sectionOf('contexts'),
    },
    problems,
  };
}

/** A file that says nothing, with the reason. */
export function nothingOf(problem: string): KubeconfigDocument {
  const sections = { clusters: new Map(), users: new Map(), contexts: new Map() };
  return { currentContext: undefined, sections, problems: [problem] };
}

function entriesOf(
  file: string,
  section: Section,
  entries: readonly unknown[],
  problems: string[],
): Map<string, KubeconfigEntry> {
  const byName = new Map<string, KubeconfigEntry>();
  for (const entry of entries) {
    const name = isRecord(entry) ? entry.name : undefined;
    if (!isRecord(entry) || typeof name !== 'string') {
      problems.push(`an entry of "${section}" has no name`);
      continue;
    }
    const fields = entry[FIELD_OF[section]];
    if (byName.has(name)) continue;
    byName.set(name, { name, file, fields: isRecord(fields) ? fields : {} });
  }
  return byName;
}

// The lines after the first quote the file, which may hold a credential.
function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/:$/, '');
}
