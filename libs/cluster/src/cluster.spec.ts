import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab } from '../fixtures/http-lab.js';

const lab = new HttpLab();
afterEach(() => lab.close());

async function collect<T>(items: AsyncIterable<T>, each?: (item: T) => void): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) {
    seen.push(item);
    each?.(item);
  }
  return seen;
}

describe('Cluster', () => {
  it('says when an answer is not JSON', async () => {
    const cluster = await lab.clusterTo((_, response) => response.end('<html>'));
    await expect(cluster.request('/x')).rejects.toMatchObject({ code: 'upstream' });
  });

  it('reads lines across chunks, also where a chunk ends inside a character', async () => {
    const [head, tail] = [
      Buffer.from('one\ntwo ü').subarray(0, -1),
      Buffer.from('ü\nlast').subarray(1),
    ];
    const cluster = await lab.clusterTo((_, response) => {
      response.write(head);
      setTimeout(() => response.end(tail), 20);
    });
    expect(await collect(cluster.lines('/log'))).toEqual([['one'], ['two ü'], ['last']]);
  });

  it('gives no more lines, and no half of one, after an abort', async () => {
    const stop = new AbortController();
    const cluster = await lab.clusterTo((_, response) => void response.write('one\ntwo\nhal'));
    const lines = cluster.lines('/log', { signal: stop.signal });
    expect(await collect(lines, () => stop.abort())).toEqual([['one', 'two']]);
  });

  it('watches', async () => {
    const events = [
      { type: 'ADDED', object: { metadata: { name: 'a' } } },
      { type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old' } },
    ];
    const cluster = await lab.clusterTo((request, response) => {
      const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      response.end(
        request.url === '/pods?labelSelector=a&watch=true&timeoutSeconds=30' ? text : '',
      );
    });
    const seen: string[] = [];
    const watching = collect(cluster.watch('/pods', { query: { labelSelector: 'a' } }), (event) =>
      seen.push(event.type),
    );
    await expect(watching).rejects.toMatchObject({ code: 'upstream', cause: { code: 410 } });
    expect(seen).toEqual(['ADDED']);
  });
});
