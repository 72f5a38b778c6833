import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInWorker, WorkTooLarge } from './workers.js';

describe(runInWorker, () => {
  let folder: string;
  const worker = async (code: string): Promise<URL> => {
    const file = join(folder, 'work.mjs');
    await writeFile(file, code);
    return pathToFileURL(file);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workers-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives what the function gives', async () => {
    const file = await worker('export default ({ a, b }) => a + b;');
    await expect(runInWorker(file, { a: 1, b: 2 }, { timeoutMs: 10_000 })).resolves.toBe(3);
  });

  it('throws what the function throws', async () => {
    const file = await worker('export default () => { throw new RangeError("too deep"); };');
    await expect(runInWorker(file, {}, { timeoutMs: 10_000 })).rejects.toThrow('too deep');
  });

  it('ends a work that takes too long', async () => {
    const file = await worker('export default () => { for (;;); };');
    await expect(runInWorker(file, {}, { timeoutMs: 500 })).rejects.toThrow(WorkTooLarge);
  });

  it('ends a work that takes too much memory', async () => {
    const file = await worker(
      'export default () => { const all = []; for (;;) all.push(new Array(1e5).fill(0.1)); };',
    );
    await expect(runInWorker(file, {}, { timeoutMs: 15_000 })).rejects.toThrow(WorkTooLarge);
  });

  it('ends a work whose caller has given up, with their reason', async () => {
    const file = await worker('export default () => { for (;;); };');
    const abort = new AbortController();
    const work = runInWorker(file, {}, { signal: abort.signal, timeoutMs: 10_000 });
    setTimeout(() => abort.abort(new Error('given up')), 200);
    await expect(work).rejects.toThrow('given up');
  });
});
