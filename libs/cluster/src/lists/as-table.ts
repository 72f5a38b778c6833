import { ageSince } from '../text/age.js';
import type { KubernetesObject } from '../secrets/redact.js';
import type { Table, TableRow } from './table.js';

/**
 * What an API server gave for a Table: the Table itself or, from servers that make none, one of
 * name and age, as kubectl makes it.
 * @param document a Table, a list or an object
 */
export function asTable(document: Table | PlainDocument): Table {
  if (isTable(document)) {
    // Go servers send null for an empty list.
    const { rows, columnDefinitions } = document as Partial<Table>;
    return { ...document, rows: rows ?? [], columnDefinitions: columnDefinitions ?? [] };
  }
  const plain = document;
  return {
    kind: 'Table',
    metadata: plain.items ? plain.metadata : undefined,
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name' },
      { name: 'Age', type: 'string' },
    ],
    rows: (plain.items ?? [plain]).map(rowOf),
  };
}

/** An object, or a list of them. */
export interface PlainDocument extends KubernetesObject {
  kind: string;
  metadata?: {
    name?: string;
    namespace?: string;
    creationTimestamp?: string;
    continue?: string;
    remainingItemCount?: number;
  };
  items?: PlainDocument[];
}

function isTable(document: Table | PlainDocument): document is Table {
  return document.kind === 'Table';
}

function rowOf(document: PlainDocument): TableRow {
  const { name, creationTimestamp } = document.metadata ?? {};
  const age = creationTimestamp ? ageSince(creationTimestamp) : '<unknown>';
  return { cells: [name ?? '', age], object: document };
}
