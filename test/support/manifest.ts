import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { kubectl } from './kubectl.js';
import './sandbox-env.js';

/** Creates objects on the sandbox by the real kubectl. */
export async function createObjects(...items: object[]): Promise<void> {
  const path = join(inject('sandboxFolder'), `manifest-${randomUUID()}.json`);
  await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl('create', '-f', path);
}

/** A Namespace. */
export function namespace(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** A ConfigMap. */
export function configMap(
  name: string,
  data: Record<string, unknown> = { key: 'value' },
  metadata: object = {},
) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

/**
 * A workload of kind Deployment, StatefulSet, DaemonSet or Rollout with one pod template.
 * @param images by container name
 */
export function workload(
  kind: string,
  where: { namespace: string; name: string },
  images: Record<string, string>,
  spec: object = {},
): object {
  const labels = { app: where.name };
  return {
    apiVersion: kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1',
    kind,
    metadata: where,
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: Object.entries(images).map(([name, image]) => ({ name, image })),
        },
      },
      ...spec,
    },
  };
}
