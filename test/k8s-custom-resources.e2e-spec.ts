import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { definition } from './support/custom-resource.js';
import { kubectl } from './support/kubectl.js';
import { applyByKubectl, createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const KIND = { group: 'odd.test', kind: 'Oddity', plural: 'oddities' };
const DEFINITION = 'crd/oddities.odd.test';

/** What stands in the specs of these objects, where built-in kinds have something else. */
const SPECS: Record<string, unknown> = {
  numbers: { selector: 5, template: { spec: { containers: 5 } } },
  texts: { selector: 'app=web', template: 'text' },
  lists: { selector: ['a'], template: { spec: { containers: [null, 5], initContainers: 'a' } } },
  nulls: { selector: { matchLabels: null, matchExpressions: null }, template: null },
  mixed: { selector: { matchLabels: 'a', matchExpressions: [null, 'a'] } },
};

const own = useNamespace('oddities');
const server = useServer({ defaults: { namespace: own.name } });
beforeAll(async () => {
  const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await createObjects(definition(KIND, [{ name: 'v1', schema, subresources: { scale } }]));
  await kubectl('wait', DEFINITION, '--for=condition=Established');
  const base = { apiVersion: 'odd.test/v1', kind: 'Oddity' };
  const named = (name: string) => ({ ...base, metadata: { name, namespace: own.name } });
  const objects = Object.entries(SPECS).map(([name, spec]) => ({ ...named(name), spec }));
  // Established is said a moment before the kind is served.
  await vi.waitFor(() => applyByKubectl(own.name, ...objects), 30_000);
});
afterAll(() => kubectl('delete', DEFINITION));

describe('a custom resource that has anything where other kinds have something else', () => {
  it.each(Object.keys(SPECS))('has no pods and no containers: %s', async (name) => {
    const logs = await server.call('k8s_logs', { pod_name: `oddity/${name}` });
    expect([logs.status, logs.body.detail]).toEqual([
      422,
      expect.stringContaining('does not select pods'),
    ]);
    const target = { resource_type: 'oddity', resource_name: name };
    const image = await server.call('k8s_set_image', { ...target, container_images: 'a=x:1' });
    expect([image.status, image.body.detail]).toEqual([422, expect.stringMatching(/container/)]);
  });

  it('can be scaled when it has never had replicas', async () => {
    const target = { resource_type: 'oddity', name: 'texts', replicas: 3 };
    expect(await server.textOf('k8s_scale', { ...target, dry_run: true })).toMatch(
      /^oddity\.odd\.test\/texts scaled from not set to 3 \(dry run/,
    );
    expect(await server.textOf('k8s_scale', target)).toMatch(/scaled from not set to 3$/);
    expect(await own.stored('oddity/texts', '{.spec.replicas}')).toBe('3');
    expect(await server.textOf('k8s_scale', { ...target, replicas: 0 })).toMatch(/from 3 to 0\n/);
  });
});
