import { afterEach, describe, expect, it } from 'vitest';
import type { ToolCall } from '#tools';
import { CONFIG_MAPS } from '../../fixtures/config-maps.js';
import { HttpLab } from '../../fixtures/http-lab.js';
import type { Cluster } from '../cluster.js';
import { changeObject, type DecidedChange } from './change-object.js';
import { patchObject } from './write.js';

const lab = new HttpLab();
afterEach(() => lab.close());

const ref = { resource: CONFIG_MAPS, namespace: 'shop', name: 'site' };
const { signal } = new AbortController();
const call = { signal, shared: {}, maxOutputChars: 1_000 } as unknown as ToolCall;

/** An API server with one object, which a patch changes to `after`. */
async function objectServer(after: object): Promise<{ cluster: Cluster; methods: string[] }> {
  const methods: string[] = [];
  const cluster = await lab.clusterTo(({ method = '' }, response) => {
    methods.push(method);
    const data = method === 'PATCH' ? after : { text: 'old' };
    response.end(JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'site' }, data }));
  });
  return { cluster, methods };
}

function change(cluster: Cluster, unchanged?: string): DecidedChange {
  return {
    write: (options) => patchObject(cluster, ref, 'merge', { data: { text: 'new' } }, options),
    summary: async (after) => `text is ${(after as { data: { text: string } }).data.text}`,
    ...(unchanged !== undefined && { unchanged }),
  };
}

describe(changeObject.name, () => {
  it('says what was done, with the diff', async () => {
    const { cluster, methods } = await objectServer({ text: 'new' });
    const said = await changeObject(cluster, ref, call, () => change(cluster));
    expect(said).toMatch(/^text is new\n\n/);
    expect(said).toMatch(/^-.*old$/m);
    expect(said).toMatch(/^\+.*new$/m);
    expect(methods).toEqual(['GET', 'PATCH']);
  });

  it('writes nothing where there is nothing to change', async () => {
    const { cluster, methods } = await objectServer({});
    expect(await changeObject(cluster, ref, call, async () => 'already')).toBe('already');
    expect(methods).toEqual(['GET']);
  });

  it('says so when the write changed nothing', async () => {
    const { cluster } = await objectServer({ text: 'old' });
    const decide = () => change(cluster, 'nothing to change');
    expect(await changeObject(cluster, ref, call, decide)).toBe('nothing to change');
  });

  it('shows the fields of the status that the change writes, and no others', async () => {
    const object = { kind: 'ConfigMap', metadata: { name: 'site' } };
    const decide = (): DecidedChange => ({
      write: async () => ({ ...object, status: { abort: true, phase: 'Degraded' } }),
      summary: () => 'aborted',
      statusFields: ['abort'],
      unchanged: 'nothing to change',
    });
    const { cluster } = await objectServer({});
    const said = await changeObject(cluster, ref, call, decide, async () => object);
    expect(said).toMatch(/^aborted\n\n/);
    expect(said).toMatch(/^\+.*abort: true$/m);
    expect(said).not.toContain('Degraded');
  });

  it('takes the object that its caller reads', async () => {
    const { cluster, methods } = await objectServer({});
    const read = async () => undefined;
    expect(await changeObject(cluster, ref, call, (before) => `it is ${before}`, read)).toBe(
      'it is undefined',
    );
    expect(methods).toEqual([]);
  });
});
