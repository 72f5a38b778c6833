import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from './kubectl.js';
import { testSandbox } from './sandbox.js';

/** Creates objects on the sandbox by the real kubectl. */
export async function createObjects(...items: object[]): Promise<void> {
  await kubectl('create', '-f', await writeManifest(items));
}

/** Applies objects as a user of kubectl would. */
export async function applyByKubectl(where: string, ...items: object[]): Promise<void> {
  await applyWith(['-n', where], ...items);
}

/** As `applyByKubectl`, with some options of kubectl's. */
export async function applyWith(options: string[], ...items: object[]): Promise<void> {
  await kubectl('apply', ...options, '-f', await writeManifest(items));
}

async function writeManifest(items: object[]): Promise<string> {
  const path = join(testSandbox().folder, `manifest-${randomUUID()}.json`);
  await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  return path;
}

/** One text of several documents. */
export function documents(...objects: object[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
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

/** A Secret. */
export function secret(name: string, stringData: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

export interface DeploymentOptions {
  /** Left out of the object if null. */
  replicas?: number | string | null;
  /** The limit; none if empty. */
  cpu?: string;
  image?: string;
}

/** A Deployment of one container "web", with what partial manifests like to leave out. */
export function deployment(
  name: string,
  { replicas = 2, cpu = '100m', image = 'nginx:1.27' }: DeploymentOptions = {},
) {
  const resources = cpu ? { limits: { cpu } } : {};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      ...(replicas !== null && { replicas }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image, resources }] },
      },
    },
  };
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
