import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definition as definitionOf } from './support/custom-resource.js';
import { kubectl } from './support/kubectl.js';
import { configMap, documents, namespace as namespaceOf } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useApply } from './support/use-apply.js';

const GROUP = 'apply.test';
const MADE = 'apply-made';

const { own, server, apply } = useApply('apply-definitions');
afterAll(() => kubectl('delete', 'namespace', MADE, '--wait=false'));

/** Which fields the spec of a kind has, by version. */
type Versions = Record<string, string[]>;

function definition(kind: string, plural: string, versions: Versions = { v1: ['size'] }): object {
  const served = Object.entries(versions).map(([name, fields]) => ({
    name,
    schema: schema({ spec: schema(integers(fields)) }),
  }));
  return definitionOf({ group: GROUP, kind, plural }, served);
}

function schema(properties: object): object {
  return { type: 'object', properties };
}

function integers(fields: string[]): object {
  return Object.fromEntries(fields.map((field) => [field, { type: 'integer' }]));
}

function custom(kind: string, spec: object, version = 'v1', namespace?: string): object {
  return { apiVersion: `${GROUP}/${version}`, kind, metadata: { name: 'w', namespace }, spec };
}

describe('k8s_apply', () => {
  it('creates namespaces and kinds before what needs them, wherever they stand', async () => {
    const widget = custom('Widget', { size: 3 }, 'v1', MADE);
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [widget, definition('Widget', 'widgets'), namespaceOf(MADE)],
    };
    const dry = textOf(await apply(list, { namespace: null, dry_run: true }));
    expect(dry).toContain(`Not checked: widget.apply.test/w in ${MADE}`);
    const text = textOf(await apply(list, { namespace: null }));
    expect(text.split('\n').slice(0, 3)).toEqual([
      `namespace/${MADE} created`,
      'customresourcedefinition.apiextensions.k8s.io/widgets.apply.test created',
      'widget.apply.test/w created',
    ]);
    const size = ['get', 'widget', 'w', '-n', MADE, '-o', 'jsonpath={.spec.size}'];
    expect(await kubectl(...size)).toBe('3');
    const made = { resource_type: 'widgets', namespace: MADE };
    expect(await server.textOf('k8s_get', made)).toMatch(/^w /m);
    await kubectl('delete', 'crd', 'widgets.apply.test');
  });
});

describe('a definition that is applied with an object of its kind', () => {
  const KIND = 'Gadget';
  const stored = (path: string) => own.stored('gadgets.apply.test/w', path);
  const applyBoth = async (versions: Versions, object: object) =>
    textOf(await apply(documents(object, definition(KIND, 'gadgets', versions))));

  beforeEach(async () => {
    await applyBoth({ v1: ['size'] }, custom(KIND, { size: 1 }));
  });
  afterEach(() => kubectl('delete', 'crd', 'gadgets.apply.test'));

  it('may have a field more than before', async () => {
    const text = await applyBoth({ v1: ['size', 'weight'] }, custom(KIND, { size: 1, weight: 2 }));
    expect(text).toMatch(/gadgets\.apply\.test configured\ngadget\.apply\.test\/w configured\n/);
    expect(await stored('{.spec.weight}')).toBe('2');
  });

  it('may have a version more than before', async () => {
    await applyBoth({ v1: ['size'], v2: ['size'] }, custom(KIND, { size: 2 }, 'v2'));
    expect(await stored('{.apiVersion} {.spec.size}')).toBe('apply.test/v2 2');
  });

  it('is told how to get fields that the version before lacks', async () => {
    const versions = { v1: ['size'], v2: ['size', 'weight'] };
    const heavy = custom(KIND, { size: 1, weight: 3 }, 'v2');
    const { status, body } = await apply(documents(heavy, definition(KIND, 'gadgets', versions)));
    expect([status, body.code]).toEqual([412, 'precondition']);
    expect(body.detail).toMatch(/in another version .*\.spec\.weight.* without such fields first/);
    await applyBoth(versions, custom(KIND, { size: 1 }, 'v2'));
    await applyBoth(versions, heavy);
    expect(await stored('{.spec.weight}')).toBe('3');
  });

  it('does not make up for a field that it lacks as well', async () => {
    const versions = { v1: ['size', 'weight'] };
    const object = custom(KIND, { size: 1, colour: 2 });
    const { status, body } = await apply(documents(object, definition(KIND, 'gadgets', versions)));
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.detail).toMatch(
      /^1 of 2 objects applied\ngadget.*\.spec\.colour: field not declared/,
    );
    expect(await stored('{.spec}')).toBe('{"size":1}');
  });
});

describe('a definition whose names another one has', () => {
  afterEach(() => kubectl('delete', 'crd', 'sprockets.apply.test', 'cogs.apply.test'));

  it('fails at once as a conflict, and says what was applied and what was not', async () => {
    textOf(await apply(definition('Sprocket', 'sprockets')));
    const startedAt = performance.now();
    const { status, body } = await apply(
      documents(
        configMap('after'),
        definition('Sprocket', 'cogs'),
        custom('Sprocket', { size: 1 }),
      ),
    );
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toBe(
      [
        '1 of 3 objects applied',
        'customresourcedefinition.apiextensions.k8s.io/cogs.apply.test is not served: "SprocketList" is already in use.',
        'Not applied: configmap/after in apply-definitions, sprocket.apply.test/w in apply-definitions',
      ].join('\n'),
    );
    expect(body['output']).toBe(
      [
        'customresourcedefinition.apiextensions.k8s.io/cogs.apply.test created',
        'configmap/after not applied',
        'sprocket.apply.test/w not applied',
      ].join('\n'),
    );
    expect(await own.isThere('configmap/after')).toBe(false);
    expect(await own.isThere('crd/cogs.apply.test')).toBe(true);
  });
});
