import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab } from '../../fixtures/http-lab.js';
import { ApiResource } from '../discovery/api-resource.js';
import type { Cluster } from '../cluster.js';
import { fetchPages, listAll } from './list-pages.js';
import { printResources } from '../print/print.js';

const PODS = new ApiResource({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  namespaced: true,
  shortNames: [],
  verbs: ['list'],
  categories: [],
  subresources: [],
});
const EXPIRED = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };

const lab = new HttpLab();
let cluster: Cluster;
afterEach(() => lab.close());

/** A cluster of which every list is answered by `answer`, given the query. */
async function clusterOf(answer: (query: URLSearchParams) => object): Promise<URLSearchParams[]> {
  const queries: URLSearchParams[] = [];
  cluster = await lab.clusterTo((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://server');
    queries.push(searchParams);
    const document = answer(searchParams);
    response.writeHead('code' in document ? Number(document.code) : 200);
    response.end(JSON.stringify({ kind: 'PodList', ...document }));
  });
  return queries;
}

const pod = (name: string) => ({ metadata: { name } });

/** Two pages, where the second cannot be had any more, and then the whole list as it is by then. */
const expiring = (query: URLSearchParams): object => {
  if (query.has('continue')) return EXPIRED;
  return query.has('limit')
    ? { metadata: { continue: 'next', remainingItemCount: 1 }, items: [pod('a'), pod('b')] }
    : { metadata: {}, items: [pod('b'), pod('c'), pod('d')] };
};

describe('fetchPages', () => {
  it('follows continue tokens and says what remains', async () => {
    const queries = await clusterOf((query) =>
      query.has('continue')
        ? { metadata: {}, items: [pod('c')] }
        : { metadata: { continue: 'next', remainingItemCount: 1 }, items: [pod('a'), pod('b')] },
    );
    const query = { resource: PODS, namespace: 'shop', labelSelector: 'a=b' };
    const remaining: unknown[] = [];
    for await (const page of fetchPages(cluster, query, { limit: 2 }))
      remaining.push(page.remaining);
    expect(remaining).toEqual([1, 0]);
    expect(queries.map(String)).toEqual([
      'labelSelector=a%3Db&limit=2',
      // What is small comes in longer pages.
      'labelSelector=a%3Db&limit=2500&continue=next',
    ]);
  });

  it('asks for fewer from a page on that was too large', async () => {
    const LARGE = { metadata: { name: '.'.repeat(3 * 1024 * 1024) } };
    const queries = await clusterOf((query) => ({
      metadata: { continue: queries.length < 4 ? 'next' : '' },
      items: [Number(query.get('limit')) > 1_000 ? LARGE : pod('a')],
    }));
    for await (const _ of fetchPages(cluster, { resource: PODS }, { limit: 2 }));
    expect(queries.map((query) => query.get('limit'))).toEqual(['2', '2500', '500', '500']);
  });

  it('begins anew with the whole list when it has become too old', async () => {
    await clusterOf(expiring);
    const pods = await listAll<object>(cluster, { resource: PODS, namespace: 'shop' });
    expect(pods).toEqual([pod('b'), pod('c'), pod('d')]);
  });

  it('fails when the first page cannot be had', async () => {
    await clusterOf(() => EXPIRED);
    await expect(listAll(cluster, { resource: PODS })).rejects.toMatchObject({ code: 'upstream' });
  });
});

describe('printResources', () => {
  it.each([
    ['name', 'pod/b\npod/c\npod/d'],
    ['table', 'NAME   AGE\nb      <unknown>\nc      <unknown>\nd      <unknown>'],
  ] as const)('prints each object of a list that began anew once, as %s', async (format, text) => {
    await clusterOf(expiring);
    const queries = [{ resource: PODS, namespace: 'shop' }];
    const printed = await printResources(cluster, queries, { format, maxChars: 1_000 });
    expect(printed).toEqual({ text, shown: 3, truncated: false, remaining: 0, notes: [] });
  });

  it('stops when the text is full, and says how much is left and where it goes on', async () => {
    const queries = await clusterOf((query) => {
      const start = Number(query.get('continue'));
      const end = Math.min(3, start + Number(query.get('limit')));
      return {
        metadata: { continue: String(end), remainingItemCount: 103 - end },
        items: ['a', 'b', 'c'].slice(start, end).map(pod),
      };
    });
    const list = [{ resource: PODS, namespace: 'shop' }];
    const printed = await printResources(cluster, list, { format: 'name', maxChars: 12 });
    expect(printed).toMatchObject({
      text: 'pod/a\npod/b',
      shown: 2,
      truncated: true,
      remaining: 101,
      next: '2',
    });
    expect(queries.map((query) => query.get('limit'))).toEqual(['2500', '1', '1']);
  });

  it('gives what there is with the error for what there is not', async () => {
    const missing = { kind: 'Status', code: 404, reason: 'NotFound', message: 'no pod' };
    let calls = 0;
    await clusterOf(() => (++calls === 1 ? { kind: 'Pod', ...pod('a') } : missing));
    const list = [
      { resource: PODS, namespace: 'shop', names: ['a'] },
      { resource: PODS, namespace: 'shop', names: ['b'] },
    ];
    await expect(
      printResources(cluster, list, { format: 'name', maxChars: 1_000 }),
    ).rejects.toMatchObject({ code: 'not_found', message: 'no pod', output: 'pod/a' });
  });
});
