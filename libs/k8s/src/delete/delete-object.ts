import {
  changeText,
  isDryRun,
  readObject,
  withFateOfDeletion,
  type Cluster,
  type KubernetesObject,
  type ObjectRef,
} from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { obstaclesOf, untilGone } from './deletion-progress.js';
import type { DeleteDto } from './delete.dto.js';

/** The propagation policies of the API server. */
const PROPAGATION_POLICIES = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
};

/** Most milliseconds to find out what a deletion waits for. */
const LOOK_LIMIT_MS = 10_000;

/**
 * Deletes one object and waits until it is gone. Only deletes the object that it has read, not
 * another one that has taken the name since.
 * @returns what was deleted
 * @throws ToolError `timeout` with what the deletion waits for; the deletion continues
 */
export async function deleteObject(
  cluster: Cluster,
  query: DeleteDto,
  call: ToolCall,
): Promise<string> {
  const { resource_type, name, namespace, timeout_seconds: seconds } = query;
  const resource = await cluster.discovery.resolve(resource_type, call.signal);
  const ref = { resource, namespace, name };
  const before = await readObject(cluster, ref, call.signal);
  const target = resource.label(name);
  const answer = await request(cluster, ref, before, query, call).catch(async (error: unknown) => {
    throw await withFateOfDeletion(cluster, ref, error);
  });
  const change = { before, after: undefined };
  // Only a Status means that the object is gone. Some kinds always answer with the object.
  if (isDryRun(call) || answer.kind === 'Status') {
    return changeText(`${target} deleted`, change, call);
  }
  if (seconds === 0) return changeText(`${target} is being deleted`, change, call);
  call.progress({ progress: 0, message: `${target} is being deleted` });
  const left = await afterRequest(target, untilGone(cluster, ref, before, seconds, call));
  if (!left) return changeText(`${target} deleted`, change, call);
  const look = AbortSignal.any([call.signal, AbortSignal.timeout(LOOK_LIMIT_MS)]);
  const obstacles = await obstaclesOf(cluster, ref, left, look).catch(() => {
    call.signal.throwIfAborted();
    return 'unknown, because the cluster does not answer now';
  });
  throw new ToolError(
    'timeout',
    `${target} is not gone after ${seconds} s. Its deletion was requested and continues. It waits for: ${obstacles}. Look again with k8s_get.`,
  );
}

function request(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  { metadata }: KubernetesObject,
  { propagation, grace_period_seconds: gracePeriodSeconds }: DeleteDto,
  call: ToolCall,
): Promise<KubernetesObject> {
  return cluster.request(resource.path(namespace, name), {
    method: 'DELETE',
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      // Another object may have taken the name since.
      preconditions: { uid: metadata?.uid },
      propagationPolicy: PROPAGATION_POLICIES[propagation],
      gracePeriodSeconds,
      dryRun: isDryRun(call) ? ['All'] : undefined,
    },
    signal: call.signal,
  });
}

/** Adds to a failure of the wait that the object is being deleted. */
async function afterRequest<T>(target: string, waiting: Promise<T>): Promise<T> {
  try {
    return await waiting;
  } catch (error) {
    throw error instanceof ToolError
      ? error.with({
          output: `${target} is being deleted: that was requested before this failure.`,
        })
      : error;
  }
}
