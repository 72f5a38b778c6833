import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';

/** Far above what all settings take. */
const MAX_BYTES = 256 * 1024;

/** By this key of a JSON file, editors find the schema. */
const SCHEMA_KEY = '$schema';

/** What a value of a configuration file is. */
export type FileValueType = 'a number' | 'a boolean' | 'text' | 'a list' | 'a map' | 'empty';

/** A value of a configuration file. */
export interface FileValue {
  readonly type: FileValueType;
  /** As an environment variable would have it: the entries of a list are joined by commas. */
  readonly text: string;
  /** The file and the line. */
  readonly place: string;
}

/** The values of a configuration file, by the names of the settings. */
export type ConfigFile = ReadonlyMap<string, FileValue>;

/**
 * Reads a configuration file: a map, in YAML or JSON, with the names of settings as its keys.
 * @throws Error saying why the file cannot be used, without a value of it
 */
export function readConfigFile(path: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(textOf(path), { lineCounter: lines, prettyErrors: false });
  const placeOf = (offset = 0) => `${path}:${Math.max(1, lines.linePos(offset).line)}`;
  const [error] = document.errors;
  if (error) throw new Error(`${placeOf(error.pos[0])}: ${error.message.replace(/\.?$/, '.')}`);
  const root = document.contents;
  // An empty file sets nothing.
  if (root === null || (isScalar(root) && root.value === null)) return new Map();
  if (!isMap(root)) {
    throw new Error(
      `${placeOf(root.range?.[0])}: A map of settings belongs here, as "PORT: 8081".`,
    );
  }
  const pairs = root.items as unknown as { key: Node; value: Node | null }[];
  const values = pairs.map(({ key, value }): [string, FileValue] => {
    const name = isScalar(key) ? String(key.value) : 'a key that is no name';
    return [name, { ...valueOf(document, value), place: placeOf(key.range?.[0]) }];
  });
  return new Map(values.filter(([name]) => name !== SCHEMA_KEY));
}

function textOf(path: string): string {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  const file = open(path);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error(`The configuration file ${path} is not a file.`);
    if (stat.size > MAX_BYTES) {
      throw new Error(
        `The configuration file ${path} has ${stat.size} bytes. The most are ${MAX_BYTES}.`,
      );
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new Error(`The configuration file ${path} ${why}. Check --config or CONFIG_FILE.`, {
      cause,
    });
  }
}

function valueOf(document: Document, node: Node | null): Omit<FileValue, 'place'> {
  const value = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(value)) {
    const entries = value.items.map((item) => (isScalar(item) ? item.value : undefined));
    const isFlat = entries.every((entry) => isWord(entry));
    return isFlat ? { type: 'a list', text: entries.join(',') } : { type: 'a map', text: '' };
  }
  if (isMap(value)) return { type: 'a map', text: '' };
  const scalar = isScalar(value) ? value.value : null;
  if (typeof scalar === 'number') return { type: 'a number', text: String(scalar) };
  if (typeof scalar === 'boolean') return { type: 'a boolean', text: String(scalar) };
  return typeof scalar === 'string' ? { type: 'text', text: scalar } : { type: 'empty', text: '' };
}

/** Whether an entry of a list stays one when all are joined by commas. */
function isWord(entry: unknown): boolean {
  return typeof entry === 'number' || (typeof entry === 'string' && !entry.includes(','));
}
