import { groupVersionOf } from '../discovery/api-resource.js';
import { callScope } from '../gate/gate-call.js';
import { withoutCollected } from '../secrets/read-secrets.js';
import { diffObjects, recordText } from './object-diff.js';
import type { Change } from './write.js';

/** Changes that are kept of one call. Its requests are recorded in any case. */
const MAX_CHANGES = 100;
/** Characters of one diff that are looked at: its record is shorter. */
const MAX_DIFF = 30_000;

/**
 * Notes for the record of the call what a write has changed.
 * @param lines the hunks of a change of an object that is there before and after; none if nothing
 * has changed
 */
export function noteChange({ before, after }: Change, lines: readonly string[]): void {
  const changes = callScope.getStore()?.changes;
  const object = after ?? before;
  if (!changes || !object || changes.length >= MAX_CHANGES) return;
  const diff = before && after ? recordText(lines) : diffObjects(before, after);
  if (diff === '') return;
  const { apiVersion = '', kind = '', metadata = {} } = object;
  const { group } = groupVersionOf(apiVersion);
  const { namespace, name } = metadata;
  changes.push({ group, kind, namespace, name, diff: withoutCollected(diff.slice(0, MAX_DIFF)) });
}
