import { createHash } from 'node:crypto';
import type { Cluster, ListQuery } from '#cluster';
import { invalidField } from '#tools';

const DIGEST_LENGTH = 8;

/**
 * The cursor of the next page of a list: the API server's token, after what tells the query apart.
 * It keeps a token from being used for another list, where it would skip objects.
 */
export function cursorOf(cluster: Cluster, query: ListQuery, token: string): string {
  return `${digestOf(cluster, query)}.${token}`;
}

/**
 * The API server's token in a cursor.
 * @throws ToolError `invalid_input` for the cursor of another query
 */
export function tokenOf(cluster: Cluster, query: ListQuery, cursor: string): string {
  const [digest = '', ...rest] = cursor.split('.');
  if (digest === digestOf(cluster, query)) return rest.join('.');
  const accepts = 'the cursor of the last answer to the same query';
  throw invalidField(
    'cursor',
    'belongs to another query. Repeat the kind, namespace and selectors that it was given for, or leave it out to begin again',
    { accepts },
  );
}

function digestOf(cluster: Cluster, query: ListQuery): string {
  const { resource, namespace, labelSelector, fieldSelector } = query;
  const { apiVersion, plural } = resource;
  const parts = [cluster.name, apiVersion, plural, namespace, labelSelector, fieldSelector];
  const text = JSON.stringify(parts.map((part) => part ?? null));
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_LENGTH);
}
