import { parse } from 'yaml';
import { isRecord } from '#base';

/** A version of a chart in the index of a repository: what helm needs to download it. */
export interface IndexEntry {
  apiVersion: string;
  name: string;
  version: string;
  /** Only the first, because helm uses no other. */
  urls: string[];
  /** Its SHA-256. */
  digest?: string;
}

/**
 * Versions that are read of one chart, and characters of each field: anybody may write an index.
 */
const MAX_VERSIONS = 5_000;
const MAX_CHARS = 2_000;

const DIGEST = /^(sha256:)?[0-9a-f]{64}$/;

/**
 * Where a chart begins in the index as helm writes it: its key alone on a line, deeper than
 * `entries:`.
 */
const FIRST_KEY = /^entries:[ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( +)\S/m;

/**
 * The versions of a chart in the text of an index, in its order; none for a chart that it does not
 * have.
 * @throws Error for what is neither YAML nor JSON
 */
export function indexEntries(text: string, chart: string): IndexEntry[] {
  return listed(text, chart)
    .slice(0, MAX_VERSIONS)
    .flatMap((entry) => entryOf(entry, chart));
}

function listed(text: string, chart: string): unknown[] {
  const list = isJson(text) ? valueIn(JSON.parse(text), chart) : inYaml(text, chart);
  return Array.isArray(list) ? list : [];
}

/**
 * Reading an index of megabytes takes seconds. Where the lines of the chart can be told from the
 * others, only those are read.
 */
function inYaml(text: string, chart: string): unknown {
  const block = blockOf(text, chart);
  if (block !== undefined) {
    try {
      return valueIn({ entries: read(block) }, chart);
    } catch {
      // The lines were incomplete, or refer to something elsewhere.
    }
  }
  return valueIn(read(text), chart);
}

/** Reads all values as text, so that a version such as 1.10 does not become a number. */
function read(text: string): unknown {
  return parse(text, { schema: 'failsafe', logLevel: 'error', uniqueKeys: false });
}

function blockOf(text: string, chart: string): string | undefined {
  const first = FIRST_KEY.exec(text);
  const indent = first?.[1];
  if (!first || indent === undefined) return undefined;
  const keys = [chart, `"${chart}"`, `'${chart}'`].map((key) => `\n${indent}${key}:`);
  const starts = keys.map((key) => text.indexOf(key, first.index)).filter((at) => at >= 0);
  if (starts.length === 0) return undefined;
  const start = Math.min(...starts) + 1;
  const end = endOf(text, text.indexOf('\n', start) + 1, indent.length);
  return text.slice(start, end);
}

/** Where the first line begins that is a key at the same depth or less deep. */
function endOf(text: string, from: number, indent: number): number {
  for (let at = from; at > 0 && at < text.length; at = text.indexOf('\n', at) + 1) {
    let column = 0;
    while (text[at + column] === ' ') column++;
    const character = text[at + column];
    const isKey = character !== undefined && !'-#\r\n'.includes(character);
    if (isKey && column <= indent) return at;
  }
  return text.length;
}

function isJson(text: string): boolean {
  return /^\uFEFF?\s*\{/.test(text);
}

function valueIn(index: unknown, chart: string): unknown {
  const entries = isRecord(index) ? index['entries'] : undefined;
  return isRecord(entries) && Object.hasOwn(entries, chart) ? entries[chart] : undefined;
}

function entryOf(entry: unknown, chart: string): IndexEntry[] {
  if (!isRecord(entry)) return [];
  const { apiVersion, version, digest, urls } = entry;
  if (!isShort(version) || !Array.isArray(urls)) return [];
  return [
    {
      apiVersion: isShort(apiVersion) && apiVersion !== '' ? apiVersion : 'v1',
      name: chart,
      version,
      urls: urls.slice(0, 1).filter(isShort),
      ...(isShort(digest) && DIGEST.test(digest) && { digest: digest.slice(-64) }),
    },
  ];
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_CHARS;
}
