import { readFileSync } from 'node:fs';
import { indexEntries, type IndexEntry } from './index-entries.js';

/** The versions of a chart in an index file; see `indexEntries`. */
export default function entriesOf({ path, chart }: { path: string; chart: string }): IndexEntry[] {
  return indexEntries(readFileSync(path, 'utf8'), chart);
}
