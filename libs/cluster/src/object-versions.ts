import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError, type ToolErrorCode } from '#tools';
import type { Cluster } from './cluster.js';

/** What an object must have to be watched. */
interface Watchable {
  metadata: { name: string; resourceVersion: string };
}

/** Milliseconds from the start of a watch to that of the next: proxies there are that end each watch at once. */
const LEAST_WATCH_MS = 500;

/**
 * Ends of a watch after which the object is read anew, which shows whether there is more to it: the server has forgotten the version
 * that the watch starts from, or the connection has broken.
 */
const PASSING: ReadonlySet<ToolErrorCode> = new Set(['upstream', 'unavailable']);

/**
 * An object as it is, then each later version of it, until the signal `ended` aborts. A watch that ends or breaks begins anew.
 * @param collection the path of the list that it is in, such as `/api/v1/namespaces/shop/pods`
 * @param cancelled ends even the first reading, as an error
 * @throws ToolError `not_found` when it is deleted meanwhile, and as `Cluster.request`
 */
export async function* objectVersions<T extends Watchable>(
  cluster: Cluster,
  collection: string,
  name: string,
  { cancelled, ended }: { cancelled: AbortSignal; ended: AbortSignal },
): AsyncGenerator<T, void> {
  const fieldSelector = `metadata.name=${name}`;
  do {
    const now = await cluster.request<T>(`${collection}/${encodeURIComponent(name)}`, {
      signal: cancelled,
    });
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
    // Its end by the signal is the loop's.
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: ended }).catch(() => {});
  } while (!ended.aborted);
}

function deleted(collection: string, name: string): ToolError {
  const plural = collection.slice(collection.lastIndexOf('/') + 1);
  return new ToolError('not_found', `${plural} "${name}" was deleted while it was watched.`);
}
