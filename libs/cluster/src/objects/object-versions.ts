import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError, type ToolErrorCode } from '#tools';
import type { Cluster } from '../cluster.js';
import type { Outage } from '../http/outage.js';

/** What an object must have to be watched. */
interface Watchable {
  metadata: { name: string; resourceVersion: string };
}

/** Milliseconds between the starts of two watches. Some proxies end each watch at once. */
const LEAST_WATCH_MS = 500;

/**
 * Failures of a watch after which the object is read again. The read shows whether the failure
 * lasts. The server may have forgotten the version at which the watch starts, or the connection may
 * be broken.
 */
const PASSING: ReadonlySet<ToolErrorCode> = new Set(['upstream', 'unavailable', 'timeout', 'busy']);

/** What an object is watched with. */
export interface VersionSignals {
  /** Ends even the first reading, as an error. */
  cancelled: AbortSignal;
  ended: AbortSignal;
  /** Is of the same `ended`. */
  outage: Outage;
  /**
   * Whether the first read also waits for a cluster that is away, because something has already
   * begun.
   */
  isBegun?: boolean;
}

/**
 * An object as it is, then each later version of it, until the signal `ended` aborts. A watch that
 * ends or breaks begins again, also after the cluster was away.
 * @param collection the path of the list that it is in, such as `/api/v1/namespaces/shop/pods`
 * @throws ToolError `not_found` when it is deleted meanwhile, and as `Cluster.request`
 */
export async function* objectVersions<T extends Watchable>(
  cluster: Cluster,
  collection: string,
  name: string,
  { cancelled, ended, outage, isBegun = false }: VersionSignals,
): AsyncGenerator<T, void> {
  const fieldSelector = `metadata.name=${name}`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  const read = (signal: AbortSignal) => cluster.request<T>(path, { signal });
  let survives = isBegun;
  do {
    const now = survives ? await outage.survive(() => read(ended)) : await read(cancelled);
    if (now === undefined) return;
    survives = true;
    yield now;
    if (ended.aborted) return;
    const startedAt = performance.now();
    const query = { fieldSelector, resourceVersion: now.metadata.resourceVersion };
    try {
      for await (const { type, object } of cluster.watch<T>(collection, {
        query,
        signal: ended,
      })) {
        if (type === 'DELETED') throw deleted(collection, name);
        if (type !== 'BOOKMARK') yield object;
      }
    } catch (error) {
      if (!(error instanceof ToolError) || !PASSING.has(error.code)) throw error;
    }
    const pauseMs = LEAST_WATCH_MS - (performance.now() - startedAt);
    // If the signal ends it, the loop ends too.
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: ended }).catch(() => {});
  } while (!ended.aborted);
}

function deleted(collection: string, name: string): ToolError {
  const plural = collection.slice(collection.lastIndexOf('/') + 1);
  return new ToolError('not_found', `${plural} "${name}" was deleted while it was watched.`);
}
