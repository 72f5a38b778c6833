import type { KubernetesObject } from '../secrets/redact.js';

/** A list or an object as the API server prints it (meta/v1 Table). */
export interface Table {
  kind: 'Table';
  metadata?: ListMeta;
  columnDefinitions: ColumnDefinition[];
  rows: TableRow[];
}

export interface ColumnDefinition {
  name: string;
  type: string;
  format?: string;
  /** Above 0: only in wide output. */
  priority?: number;
}

export interface TableRow {
  cells: unknown[];
  /** As much of it as was asked for. */
  object?: KubernetesObject;
}

/** meta/v1 ListMeta. */
export interface ListMeta {
  continue?: string;
  remainingItemCount?: number;
}

/** Asks for a Table, and takes plain JSON from servers that make none. */
export const TABLE_ACCEPT = [
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=Table;v=v1beta1;g=meta.k8s.io',
  'application/json',
].join(',');
