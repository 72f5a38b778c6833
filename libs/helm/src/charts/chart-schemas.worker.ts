import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { archivedFiles, UnreadableArchive } from './chart-archive.js';
import { outerReferences } from './schema-references.js';

/** How deep charts may be nested. Helm has no limit; real charts have two or three levels. */
const MAX_DEPTH = 10;

const SCHEMA = 'values.schema.json';

/** Files that are visited in a chart that is a folder. */
const MAX_FILES = 20_000;

/** A reference out of a schema, and the file that it is in. */
export interface SchemaReference {
  file: string;
  reference: string;
}

/** What is found in a chart: the references out of its schemas, or why it cannot be read. */
export type SchemaFindings = { references: SchemaReference[] } | { unreadable: string };

/** Searches all schemas of a chart, which is a folder or an archive, and of the charts in it. */
export default function findingsOf(path: string): SchemaFindings {
  try {
    const isFolder = statSync(path).isDirectory();
    return { references: isFolder ? inFolder(path) : inArchive('', readFileSync(path), 1) };
  } catch (error) {
    if (error instanceof UnreadableArchive) return { unreadable: error.message };
    throw error;
  }
}

function inArchive(where: string, archive: Buffer, depth: number): SchemaReference[] {
  if (depth > MAX_DEPTH) throw new UnreadableArchive(`its charts are nested ${MAX_DEPTH} deep`);
  return archivedFiles(archive).flatMap(({ path, content }) =>
    inFile(join(where, path), content, depth),
  );
}

/** Follows links, as helm does. */
function inFolder(root: string): SchemaReference[] {
  const found: SchemaReference[] = [];
  const folders = [{ folder: '', depth: 1 }];
  let files = 0;
  for (let next = folders.pop(); next; next = folders.pop()) {
    const { folder, depth } = next;
    for (const name of readdirSync(join(root, folder))) {
      const path = join(folder, name);
      const isFolder = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory();
      if (++files > MAX_FILES || depth > MAX_DEPTH * 2) {
        throw new UnreadableArchive('it has too many files and folders');
      }
      if (isFolder) folders.push({ folder: path, depth: depth + 1 });
      else if (isOfInterest(path)) found.push(...inFile(path, readFileSync(join(root, path)), 1));
    }
  }
  return found;
}

/** @param path as any system writes it */
function isOfInterest(path: string): boolean {
  return path.endsWith(SCHEMA) || path.endsWith('.tgz');
}

function inFile(path: string, content: Buffer, depth: number): SchemaReference[] {
  if (path.endsWith('.tgz')) return inArchive(path, content, depth + 1);
  if (!isOfInterest(path)) return [];
  try {
    const text = content.toString('utf8').replace(/^\uFEFF/, '');
    return outerReferences(JSON.parse(text)).map((reference) => ({ file: path, reference }));
  } catch (cause) {
    throw new UnreadableArchive(`${path} is not JSON`, { cause });
  }
}
