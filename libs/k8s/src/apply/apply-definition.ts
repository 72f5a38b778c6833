import { setTimeout as sleep } from 'node:timers/promises';
import { apiStatusOf, Outage, readObject, type Cluster } from '#cluster';
import { ToolError } from '#tools';
import type { ApplyItem } from './apply-plan.js';

/** As long as helm waits for the definitions of a chart. */
const ESTABLISHED_LIMIT_MS = 60_000;
/** How long after its conditions say so the API server may take to serve a definition. */
const SERVED_LIMIT_MS = 10_000;
/** How long it may then take to use a changed schema. */
const SCHEMA_LIMIT_MS = 3_000;
const POLL_MS = 50;

/**
 * Waits until the API server has accepted a custom resource definition, also while the API server
 * is unreachable.
 * @param tell reports when it becomes unreachable and when it is back
 * @throws ToolError `conflict` if another definition has its names, `timeout` with its conditions
 */
export async function waitUntilEstablished(
  cluster: Cluster,
  item: ApplyItem,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<void> {
  const limit = AbortSignal.timeout(ESTABLISHED_LIMIT_MS);
  const ended = AbortSignal.any([signal, limit]);
  const outage = new Outage(ended, tell);
  for (;;) {
    const read = await outage.survive(() => readObject(cluster, item, ended));
    signal.throwIfAborted();
    // Null until the API server has processed it for the first time.
    const conditions = (read as Definition | undefined)?.status?.conditions ?? [];
    const find = (wanted: string) => conditions.find(({ type }) => type === wanted);
    if (find('Established')?.status === 'True') return;
    const names = find('NamesAccepted');
    if (names?.status === 'False') {
      throw new ToolError('conflict', `${item.label} is not served: ${names.message}.`);
    }
    if (limit.aborted) {
      const seconds = ESTABLISHED_LIMIT_MS / 1_000;
      const said = conditions.map(({ type, message }) => `${type}: ${message}`).join('; ');
      throw new ToolError(
        'timeout',
        `${item.label} is not established after ${seconds} s.${outage.remark} ${said}`.trimEnd(),
      );
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/**
 * Runs a task with an object of a kind whose definition was just sent. The API server serves such
 * kinds from a cache that is a moment behind the conditions of the definition: until then it does
 * not know the path (404 without a Status) or still has the previous schema. The task is repeated
 * meanwhile.
 */
export async function untilServed<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (performance.now() - start > lagLimit(error)) throw error;
      await sleep(POLL_MS, undefined, { signal });
    }
  }
}

function lagLimit(error: unknown): number {
  if (!(error instanceof ToolError)) return 0;
  if (error.code === 'not_found' && apiStatusOf(error) === undefined) return SERVED_LIMIT_MS;
  return error.code === 'invalid_input' ? SCHEMA_LIMIT_MS : 0;
}

interface Definition {
  status?: { conditions?: { type: string; status: string; message?: string }[] | null };
}
