import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError, type ToolErrorCode } from '#tools';
import type { Cluster } from './cluster.js';
import type { Outage } from './outage.js';

/** What an object must have to be watched. */
interface Watchable {
  metadata: { name: string; resourceVersion: string };
}

/**
 * Milliseconds from the start of a watch to that of the next: proxies there are that end each watch
 * at once.
 */
const LEAST_WATCH_MS = 500;

/**
 * Ends of a watch after which the object is read anew, which shows whether there is more to it: the
 * server has forgotten the version that the watch starts from, or the connection has broken.
 */
const PASSING: ReadonlySet<ToolErrorCode> = new Set(['upstream', 'unavailable']);

/**
 * An object as it is, then each later version of it, until the signal `ended` aborts. A watch that
 * ends or breaks begins again, also after the cluster was away.
 * @param collection the path of the list that it is in, such as `/api/v1/namespaces/shop/pods`
 * @param cancelled ends even the first reading, as an error
 * @param outage is of the same `ended`; the first reading does not wait for it
 * @throws ToolError `not_found` when it is deleted meanwhile, and as `Cluster.request`
 */
export async function* objectVersions<T extends Watchable>(
  cluster: Cluster,
  collection: string,
  name: string,
  { cancelled, ended, outage }: { cancelled: AbortSignal; ended: AbortSignal; outage: Outage },
): AsyncGenerator<T, void> {
  const fieldSelector = `metadata.name=${name}`;
  const read = () =>
    cluster.request<T>(`${collection}/${encodeURIComponent(name)}`, { signal: cancelled });
  let isFirst = true;
  do {
    const now = isFirst ? await read() : await outage.survive(read);
    if (now === undefined) return;
    isFirst = false;
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
