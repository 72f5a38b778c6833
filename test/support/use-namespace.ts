import { afterAll, beforeAll } from 'vitest';
import { kubectl } from './kubectl.js';
import { liveField, liveObject } from './live-object.js';

/** A namespace of a spec file's own, seen by the real kubectl. */
export interface NamespaceInUse {
  readonly name: string;
  readonly kubectl: (...args: string[]) => Promise<string>;
  /** What the API server has at a JSON path of an object: `deployment/web`, `{.spec.replicas}`. */
  readonly stored: (target: string, path: string) => Promise<string>;
  readonly isThere: (target: string) => Promise<boolean>;
  /** An object whole. */
  readonly read: (target: string) => Promise<StoredObject>;
  /** The names of a kind's objects, in order. */
  readonly names: (kind: string, ...flags: string[]) => Promise<string[]>;
}

export interface StoredObject {
  metadata: {
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    managedFields: { manager: string; operation: string }[];
  };
  spec: Record<string, unknown>;
  data?: Record<string, string>;
}

/** Makes a namespace before the tests of a file, and removes it after them. */
export function useNamespace(name: string): NamespaceInUse {
  beforeAll(async () => {
    await kubectl('create', 'namespace', name);
    // Pods are refused until the controller has made it.
    const account = 'serviceaccount/default';
    await kubectl('wait', '--for=create', account, '-n', name, '--timeout=30s');
  });
  afterAll(() => kubectl('delete', 'namespace', name, '--wait=false'));
  const run = (...args: string[]) => kubectl('-n', name, ...args);
  return {
    name,
    kubectl: run,
    stored: (target, path) => liveField(name, target, path),
    isThere: async (target) => (await liveObject(name, target)) !== undefined,
    read: async (target) => {
      const object = await liveObject(name, target);
      if (!object) throw new Error(`${target} is not there`);
      return object as StoredObject;
    },
    names: async (kind, ...flags) => {
      const path = 'jsonpath={.items[*].metadata.name}';
      return (await run('get', kind, ...flags, '-o', path)).split(' ').filter(Boolean);
    },
  };
}
