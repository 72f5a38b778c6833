import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab } from '../../fixtures/http-lab.js';
import type { Cluster } from '../cluster.js';
import { ApiResource } from '../discovery/api-resource.js';
import type { PrintOptions } from './print-outcome.js';
import { printPage } from './print-page.js';

const CONFIG_MAPS = new ApiResource({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  namespaced: true,
  shortNames: [],
  verbs: ['list'],
  categories: [],
  subresources: [],
});

const lab = new HttpLab();
afterEach(() => lab.close());

const NAMES = Array.from({ length: 40 }, (_, index) => `c${index}`);

/** A cluster with so many objects, the size of each of which is that of `text`. */
function clusterOf(text: string, { pages = true, tooLarge = Infinity } = {}): Promise<Cluster> {
  return lab.clusterTo((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://server');
    const start = Number(searchParams.get('continue') ?? 0);
    const limit = pages ? Number(searchParams.get('limit') ?? NAMES.length) : NAMES.length;
    const end = Math.min(NAMES.length, start + limit);
    const filler = end - start > tooLarge ? ' '.repeat(3_000_000) : '';
    const items = NAMES.slice(start, end).map((name) => ({ metadata: { name }, data: { text } }));
    const left = NAMES.length - end;
    const metadata = left > 0 ? { continue: String(end), remainingItemCount: left } : {};
    response.end(JSON.stringify({ kind: 'ConfigMapList', metadata, items, filler }));
  });
}

const print = (cluster: Cluster, options: Partial<PrintOptions>) =>
  printPage(
    cluster,
    { resource: CONFIG_MAPS, namespace: 'shop' },
    { format: 'name', maxChars: 10_000, ...options },
  );

/** The names on all pages, and how many pages there are. */
async function readOn(cluster: Cluster, options: Partial<PrintOptions>) {
  const pages: string[][] = [];
  let token: string | undefined;
  do {
    const { text, next } = await print(cluster, { ...options, token });
    pages.push(text.match(/\bc\d+\b/g) ?? []);
    token = next;
  } while (token !== undefined && pages.length < 100);
  return pages;
}

describe('printPage', () => {
  it('ends at the limit, and says what is left', async () => {
    const printed = await print(await clusterOf(''), { limit: 3 });
    expect(printed).toMatchObject({ shown: 3, next: '3', remaining: 37, truncated: true });
    expect(printed.text).toBe('configmap/c0\nconfigmap/c1\nconfigmap/c2');
  });

  it.each([
    ['name', 200],
    ['table', 200],
    ['yaml', 400],
    ['json', 800],
  ] as const)(
    'ends where the text is full, so that nothing is left out: %s',
    async (format, maxChars) => {
      const pages = await readOn(await clusterOf('x'.repeat(100)), { format, maxChars });
      expect(pages.flat()).toEqual(NAMES);
      expect(pages.length).toBeGreaterThan(2);
    },
  );

  it('shows at least one object, however large', async () => {
    const pages = await readOn(await clusterOf(''), { maxChars: 5 });
    expect(pages).toEqual(NAMES.map((name) => [name]));
  });

  it('asks for less where a page is too large', async () => {
    const cluster = await clusterOf('', { tooLarge: 10 });
    expect((await readOn(cluster, {})).flat()).toEqual(NAMES);
  });

  it('cuts the list of an API server that makes no pages', async () => {
    const cluster = await clusterOf('', { pages: false });
    expect(await print(cluster, { limit: 5 })).toMatchObject({
      shown: 5,
      next: undefined,
      remaining: 35,
      truncated: true,
    });
    const short = await print(cluster, { limit: 30, maxChars: 100 });
    expect(short.shown).toBeLessThan(10);
  });

  it('says so where nothing comes after a page', async () => {
    const { text, next } = await print(await clusterOf(''), { token: String(NAMES.length) });
    expect([text, next]).toEqual(['There are no more.', undefined]);
  });

  it.each([
    [410, 'The provided continue parameter is too old', 'has lapsed'],
    [400, 'continue key is not valid: none', 'is not one that the API server has given'],
  ])('says how to begin again where a token gets %i', async (code, message, said) => {
    const cluster = await lab.clusterTo((_request, response) => {
      response.writeHead(code).end(JSON.stringify({ kind: 'Status', code, message }));
    });
    await expect(print(cluster, { token: 'old' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(new RegExp(`^"cursor" ${said}.* Begin again without it\\.$`)),
    });
  });
});
