import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isForcedDryRun, isRead, isWrite } from './support/api-gate.js';
import { applyByKubectl, configMap } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useApply } from './support/use-apply.js';
import { useGate } from './support/use-gate.js';

const door = useGate();
const { own, server, apply } = useApply('apply-races', door.env);

/** What somebody else does to the object, by kubectl. */
const patchByOther = (patch: object) =>
  own.kubectl('patch', 'configmap', 'shared', '--type=merge', '-p', JSON.stringify(patch));
afterEach(() => own.kubectl('delete', 'configmap', 'shared'));

describe('an object that another changes while k8s_apply takes over our own fields', () => {
  const wanted = configMap('shared', { color: 'green', size: '1' });
  // With how often the object is then written.
  const moments = [
    ['between check and write', isWrite, 2],
    ['in the middle of the check', isRead, 2],
    ['before it is checked by force', isForcedDryRun, 1],
  ] as const;

  beforeEach(async () => {
    textOf(await apply(wanted));
    // The color is then of our manager, but not of its apply: an apply has to force it.
    const target = { name: 'shared', resource_type: 'configmap', patch_type: 'merge' };
    await server.textOf('k8s_patch', { ...target, patch: 'data: { color: blue }' });
    door.gate.passed.length = 0;
  });

  it.each(moments)('is checked again: a field of theirs is a conflict, %s', async (_, moment) => {
    door.gate.before(moment, () => patchByOther({ data: { color: 'red' } }));
    const { status, body } = await apply(wanted);
    expect([status, body.code, body.detail]).toEqual([
      409,
      'conflict',
      expect.stringMatching(/configmap\/shared.*"kubectl-patch" manages data\.color\./s),
    ]);
    expect(await own.stored('configmap/shared', '{.data}')).toBe('{"color":"red","size":"1"}');
  });

  it.each(moments)(
    'is checked again, and applied where nothing clashes, %s',
    async (_, moment, writes) => {
      door.gate.before(moment, () => patchByOther({ metadata: { labels: { note: 'theirs' } } }));
      const text = textOf(await apply(wanted));
      expect(text).toMatch(/^configmap\/shared configured\n/);
      expect(text).toContain('-  color: blue\n+  color: green');
      expect(text).not.toContain('+    note');
      expect(door.gate.passed.filter(isWrite)).toHaveLength(writes);
      expect(await own.stored('configmap/shared', '{.data.color} {.metadata.labels}')).toBe(
        'green {"note":"theirs"}',
      );
    },
  );
});

describe('an object that its controller changes several times in a row', () => {
  it('is checked until it stands still', async () => {
    textOf(await apply(configMap('shared', { color: 'green' })));
    for (let count = 1; count <= 8; count++) {
      door.gate.before(isWrite, () => patchByOther({ data: { count: `${count}` } }));
    }
    expect(textOf(await apply(configMap('shared', { color: 'blue' })))).toMatch(/ configured\n/);
    expect(await own.stored('configmap/shared', '{.data}')).toBe('{"color":"blue","count":"8"}');
  });
});

describe('an object that another changes while k8s_apply takes over from kubectl apply', () => {
  it('is checked again before its managers are changed', async () => {
    await applyByKubectl(own.name, configMap('shared', { color: 'blue', gone: '1' }));
    door.gate.before(isWrite, () => patchByOther({ data: { color: 'red' } }));
    const { status, body } = await apply(configMap('shared', { color: 'green' }));
    expect([status, body.detail]).toEqual([
      409,
      expect.stringContaining('"kubectl-patch" manages data.color.'),
    ]);
    const { data, metadata } = await own.read('configmap/shared');
    expect(data).toEqual({ color: 'red', gone: '1' });
    expect(metadata.managedFields.map(({ manager }) => manager)).toEqual([
      'kubectl-client-side-apply',
      'kubectl-patch',
    ]);
  });
});

describe('an object of kubectl apply that does not go with the manifest as long as it is so', () => {
  const service = (port: number) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ported' },
    spec: { ports: [{ name: 'http', port, targetPort: 80 }] },
  });
  const portsOf = () => own.stored('service/ported', '{.spec.ports[*].port}');
  const patchService = (spec: object) =>
    own.kubectl('patch', 'service', 'ported', '--type=merge', '-p', JSON.stringify({ spec }));

  beforeEach(async () => {
    await own.kubectl('create', 'configmap', 'shared');
    await applyByKubectl(own.name, service(80));
  });
  afterEach(() => own.kubectl('delete', 'service', 'ported'));

  it("keeps a stranger's field that is written between check and write", async () => {
    door.gate.before(isWrite, () => patchService({ sessionAffinity: 'ClientIP' }));
    textOf(await apply(service(8081), { prune_fields: true }));
    expect(await own.stored('service/ported', '{.spec.sessionAffinity}')).toBe('ClientIP');
    expect(await portsOf()).toBe('8081');
  });

  it('is said to be managed by us where its apply fails after that', async () => {
    const ports = [{ name: 'http', port: 8081, targetPort: 9 }];
    // The first write moves the fields, the second applies the manifest.
    door.gate.before(isWrite, async () => {
      door.gate.before(isWrite, () => patchService({ ports }));
    });
    const { status, body } = await apply(service(8081), { prune_fields: true });
    expect([status, body.detail]).toEqual([409, expect.any(String)]);
    expect(body.detail).toMatch(
      /service\/ported in apply-races failed: "kubectl-patch" manages spec\.ports.* are managed by "skyflo-mcp" now\./s,
    );
    expect(await own.stored('service/ported', '{.spec.ports[*].targetPort}')).toBe('9');
  });
});

describe('an object that another k8s_apply changes meanwhile', () => {
  it('keeps what that has set, and the call says so', async () => {
    const labelled = (labels: Record<string, string>) =>
      configMap('shared', { color: 'green' }, { labels });
    textOf(await apply(labelled({ team: 'one' })));
    door.gate.before(isWrite, async () => {
      textOf(await apply(labelled({ team: 'one', note: 'theirs' })));
    });
    const { status, body } = await apply(labelled({ team: 'two' }));
    expect([status, body.code, body.detail]).toEqual([
      412,
      'precondition',
      expect.stringContaining('which would drop it: metadata.labels.note.'),
    ]);
    expect(await own.stored('configmap/shared', '{.metadata.labels}')).toBe(
      '{"note":"theirs","team":"one"}',
    );
  });
});
