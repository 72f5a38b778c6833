import { Injectable } from '@nestjs/common';
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
import { obstaclesOf, untilGone } from './deletion.js';
import type { DeleteDto } from './delete.dto.js';

/** As the API server spells them. */
const PROPAGATION_POLICIES = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
};

/** How long may be looked for what a deletion waits for, in milliseconds. */
const LOOK_LIMIT_MS = 10_000;

/** Deletes objects of any kind. */
@Injectable()
export class DeleteClient {
  /**
   * Deletes one object, the very one that it reads, and waits until it is gone.
   * @returns what was deleted, as a diff
   * @throws ToolError `timeout` with what the deletion waits for; it goes on meanwhile
   */
  async delete(cluster: Cluster, query: DeleteDto, call: ToolCall): Promise<string> {
    const { resource_type, name, namespace, timeout_seconds: seconds } = query;
    const resource = await cluster.discovery.resolve(resource_type, call.signal);
    const ref = { resource, namespace, name };
    const before = await readObject(cluster, ref, call.signal);
    const target = resource.label(name);
    const answer = await request(cluster, ref, before, query, call).catch(
      async (error: unknown) => {
        throw await withFateOfDeletion(cluster, ref, error);
      },
    );
    const change = { before, after: undefined };
    // Only a Status says that the object is gone: some kinds answer with the object in either case.
    if (isDryRun(call) || answer.kind === 'Status') {
      return changeText(`${target} deleted`, change, isDryRun(call));
    }
    if (seconds === 0) return changeText(`${target} is being deleted`, change, false);
    call.progress({ progress: 0, message: `${target} is being deleted` });
    const left = await afterRequest(target, untilGone(cluster, ref, before, seconds, call));
    if (!left) return changeText(`${target} deleted`, change, false);
    const look = AbortSignal.any([call.signal, AbortSignal.timeout(LOOK_LIMIT_MS)]);
    const obstacles = await obstaclesOf(cluster, ref, left, look).catch(() => {
      call.signal.throwIfAborted();
      return 'nobody can tell, as the cluster does not answer now';
    });
    throw new ToolError(
      'timeout',
      `${target} is not gone after ${seconds} s. Its deletion was requested and goes on. It waits for: ${obstacles}. Look again with k8s_get.`,
    );
  }
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
      // Another object may have taken the name meanwhile.
      preconditions: { uid: metadata?.uid },
      propagationPolicy: PROPAGATION_POLICIES[propagation],
      gracePeriodSeconds,
      dryRun: isDryRun(call) ? ['All'] : undefined,
    },
    signal: call.signal,
  });
}

/** A failure of the waiting must not hide that the object is being deleted. */
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
