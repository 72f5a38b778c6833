import { beforeAll, describe, expect, it } from 'vitest';
import { deployment } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useApply } from './support/use-apply.js';

const { own, server, apply } = useApply('warnings');

const OLD_LABEL = { 'beta.kubernetes.io/os': 'linux' };
const DEPRECATED =
  /\n\nWarning: spec\.template\.spec\.nodeSelector\[beta\.kubernetes\.io\/os\]: deprecated since v1\.14; use "kubernetes\.io\/os" instead\n/;

function withOldLabel(name: string) {
  const made = deployment(name);
  Object.assign(made.spec.template.spec, { nodeSelector: OLD_LABEL });
  return made;
}

describe('what the API server warns of', () => {
  beforeAll(async () => {
    const level = 'pod-security.kubernetes.io/warn=restricted';
    await own.kubectl('label', `namespace/${own.name}`, level);
  });

  it('is told by an apply, once for its check and the apply itself', async () => {
    const text = textOf(await apply(withOldLabel('old'), { dry_run: true }));
    expect(text).toMatch(DEPRECATED);
    const applied = textOf(await apply(withOldLabel('old')));
    expect(applied).toMatch(/^deployment\.apps\/old created\n/);
    expect(applied).toMatch(DEPRECATED);
    expect(applied.match(/deprecated since/g)).toHaveLength(1);
    expect(applied).toMatch(/\nWarning: would violate PodSecurity "restricted:latest": /);
  });

  it('is told by a patch', async () => {
    textOf(await apply(deployment('new')));
    const patch = JSON.stringify({ spec: { template: { spec: { nodeSelector: OLD_LABEL } } } });
    const args = { resource_type: 'deployment', name: 'new', patch };
    const text = textOf(await server.call('k8s_patch', args));
    expect(text).toMatch(/^deployment\.apps\/new patched\n/);
    expect(text).toContain('Warning: spec.template.spec.nodeSelector');
  });

  it('is told when a pod is run', async () => {
    const args = { name: 'runner', image: 'nginx:1.27' };
    expect(textOf(await server.call('k8s_run_pod', args))).toMatch(
      /\n\nWarning: would violate PodSecurity "restricted:latest": .*"runner"/,
    );
  });

  it('is no part of what a read gives', async () => {
    const args = { resource_type: 'componentstatuses', output: 'json' };
    const list = JSON.parse(textOf(await server.call('k8s_get', args))) as object;
    // A kind that the API server calls deprecated whenever it is read.
    expect(list).toHaveProperty('items.0.kind', 'ComponentStatus');
  });
});
