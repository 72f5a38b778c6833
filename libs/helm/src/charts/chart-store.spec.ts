import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ChartStore } from './chart-store.js';

function storeOf(chartCacheBytes: number) {
  const folder = mkdtempSync(join(tmpdir(), 'chart-store-'));
  const charts = join(folder, 'charts');
  mkdirSync(charts);
  const config = { chartCacheBytes } as ConstructorParameters<typeof ChartStore>[1];
  const store = new ChartStore({ charts } as ConstructorParameters<typeof ChartStore>[0], config);
  const keep = (text: string) => {
    const path = join(folder, 'download.tgz');
    writeFileSync(path, text);
    return store.keep(path);
  };
  return { store, keep, charts, target: join(folder, 'copy.tgz') };
}

/** Makes a chart look used some hours ago. */
const age = (charts: string, digest: string, hours: number) => {
  const then = new Date(Date.now() - hours * 3_600_000);
  utimesSync(join(charts, `${digest}.tgz`), then, then);
};

describe(ChartStore, () => {
  it('gives copies of what it keeps', async () => {
    const { store, keep, charts, target } = storeOf(1_000);
    const digest = await keep('chart');
    expect(await store.take(digest, target)).toBe(true);
    writeFileSync(target, 'changed');
    expect(readFileSync(join(charts, `${digest}.tgz`), 'utf8')).toBe('chart');
  });

  it('keeps those that were used last, as many as fit', async () => {
    const { store, keep, charts, target } = storeOf(250);
    const [one, two] = [await keep('1'.repeat(100)), await keep('2'.repeat(100))];
    age(charts, one, 2);
    age(charts, two, 1);
    await store.take(one, target);
    const three = await keep('3'.repeat(100));
    expect(readdirSync(charts).toSorted()).toEqual([`${one}.tgz`, `${three}.tgz`].toSorted());
  });

  it('keeps none that is larger than all it may keep, and knows none by a path', async () => {
    const { store, keep, charts, target } = storeOf(10);
    await keep('1'.repeat(100));
    expect(readdirSync(charts)).toEqual([]);
    expect(await store.take('../download', target)).toBe(false);
    expect(existsSync(target)).toBe(false);
  });
});
