import { afterAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { definition } from './support/large-manifests.js';
import { configMap, deployment, documents, secret } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useApply } from './support/use-apply.js';

const GROUP = 'answers.example.com';
const DRY = '(dry run: nothing was changed)';
/** What an answer may have in all, as it is by default. */
const BUDGET = 32_000;
const OBJECTS = 500;

const env = { MAX_OUTPUT_CHARS: `${BUDGET}`, MAX_KEPT_OUTPUT_CHARS: `${BUDGET}` };
const { server, apply } = useApply('write-answers', () => env);
afterAll(() => kubectl('delete', 'crd', '--ignore-not-found', `probes.${GROUP}`));

const values = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
const many = (value: string) =>
  documents(...Array.from({ length: OBJECTS }, (_, at) => configMap(`many-${at}`, { key: value })));

describe('the answer of a write', () => {
  it('is one line for an object that is created, however large', async () => {
    const content = JSON.stringify(definition(GROUP, 'Probe', 4, 5));
    const line = `customresourcedefinition.apiextensions.k8s.io/probes.${GROUP} created`;
    expect(content.length).toBeGreaterThan(700_000);
    expect(textOf(await apply(content, { dry_run: true }))).toMatch(
      new RegExp(
        `^${line}\n\\(dry run: .*\\)\n\nAdded by the API server:\n@@ .*\n.*\n.*\n\\+  conversion:\n\\+    strategy: None\n.*\n.*$`,
      ),
    );
    expect(await server.textOverMcp('k8s_apply', { content })).toBe(line);
  }, 120_000);

  it('shows of what would be created what the API server adds, and no values of Secrets', async () => {
    const manifest = documents(
      deployment('added'),
      { ...secret('added', { key: 'hush-123-hush' }), type: undefined },
      configMap('added'),
    );
    const text = textOf(await apply(manifest, { dry_run: true }));
    expect(text.split('\n').slice(0, 5)).toEqual([
      'deployment.apps/added created',
      'secret/added created',
      'configmap/added created',
      DRY,
      '',
    ]);
    expect(text).toContain('deployment.apps/added in write-answers. Added by the API server:\n@@');
    expect(text).toContain('\n+  progressDeadlineSeconds: 600\n');
    expect(text).toContain('secret/added in write-answers. Added by the API server:\n@@');
    expect(text).toContain('\n+type: Opaque');
    expect(text).not.toContain('configmap/added in');
    expect(text).not.toMatch(/hush-123|aHVzaC0xMjM|managedFields|uid:|creationTimestamp|status:/);
  });

  it('has at most 4,000 characters of an object, and says how to see the rest', async () => {
    textOf(await apply(configMap('large', values(240, 'a'))));
    const text = textOf(await apply(configMap('large', values(240, 'b'))));
    expect(text.length).toBeLessThanOrEqual('configmap/large configured\n\n'.length + 4_000);
    expect(text).toMatch(
      /^configmap\/large configured\n\n@@ [^]*\n\[\d+ more changed lines in 1 hunk\. k8s_get with resource_type configmap, name large, namespace write-answers and output yaml shows the object\.\]$/,
    );
  });

  it('has a line for each of many objects, and as many hunks as there is room for', async () => {
    expect(textOf(await apply(many('a'))).split('\n')).toEqual(
      Array.from({ length: OBJECTS }, (_, at) => `configmap/many-${at} created`),
    );
    for (const dry_run of [true, false]) {
      const text = textOf(await apply(many('b'), { dry_run }));
      expect(text.length).toBeLessThanOrEqual(BUDGET);
      expect(text.match(/^configmap\/many-\d+ configured$/gm)).toHaveLength(OBJECTS);
      const shown = text.match(/^-  key: a\n\+  key: b$/gm)?.length ?? 0;
      expect(shown).toBeGreaterThan(80);
      const way = dry_run
        ? 'A dry run of fewer objects shows more.'
        : 'k8s_get with output yaml shows an object.';
      expect(text.split('\n').at(-1)).toBe(
        `[${OBJECTS - shown} more changed objects: only their lines above. ${way}]`,
      );
    }
  }, 120_000);
});
