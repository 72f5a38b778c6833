import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { kubectl } from './kubectl.js';

/** What the cluster itself writes all the time. */
const RESTLESS =
  /^(?:events|leases|endpoints|endpointslices|componentstatuses)(?:\.|$)|\.metrics\.k8s\.io$/;

/** For so long nothing has happened before things are taken to be settled. */
const QUIET_MS = 2_000;

const FIELD_MANAGER = 'skyflo-mcp';

interface Listed {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    resourceVersion?: string;
    managedFields?: { manager?: string; time?: string }[];
  };
  status?: unknown;
}

/** What is kept of each object, by `kind/namespace/name`. */
export type Inventory = Record<string, { metadata: object }>;

/**
 * Every object of every kind with all that only somebody's write changes: the whole object but its
 * status, with the resourceVersion where there is no status, and the times at which our field
 * manager has written.
 */
export async function inventory(): Promise<Inventory> {
  const kinds = (await kubectl('api-resources', '--verbs=list', '-o', 'name'))
    .trim()
    .split('\n')
    .filter((kind) => !RESTLESS.test(kind));
  const flags = ['-A', '-o', 'json', '--show-managed-fields'];
  const { items } = JSON.parse(await kubectl('get', kinds.join(), ...flags)) as { items: Listed[] };
  return Object.fromEntries(
    items.map(({ status, metadata: { managedFields, resourceVersion, ...metadata }, ...rest }) => [
      `${rest.kind}/${metadata.namespace ?? ''}/${metadata.name}`,
      {
        ...rest,
        metadata,
        version: status === undefined ? resourceVersion : undefined,
        written: managedFields?.filter(({ manager }) => manager === FIELD_MANAGER),
      },
    ]),
  );
}

/** Waits until what earlier tests have begun, or deleted, has come to its end. */
export async function settled(): Promise<void> {
  // As long as an API does not answer there is no list of all kinds.
  await kubectl('wait', 'apiservices', '--all', '--for=condition=Available', '--timeout=60s');
  let earlier = await inventory();
  for (;;) {
    await sleep(QUIET_MS);
    const now = await inventory();
    const isLeaving = Object.values(now).some(({ metadata }) => 'deletionTimestamp' in metadata);
    if (!isLeaving && isDeepStrictEqual(now, earlier)) return;
    earlier = now;
  }
}
