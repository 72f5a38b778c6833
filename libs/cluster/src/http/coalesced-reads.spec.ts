import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab, status } from '../../fixtures/http-lab.js';

const lab = new HttpLab();
afterEach(() => lab.close());

/** A client of a server that keeps count, and answers each request with its number. */
async function counted(handler: RequestListener = (_, response) => response.end('{}')) {
  const requests: IncomingMessage[] = [];
  const client = await lab.clientTo((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  const many = (length: number, signal?: AbortSignal) =>
    Array.from({ length }, () => client.send('/x', { signal }));
  return { client, requests, many };
}

describe('Reads of the same at the same time', () => {
  it('are one request for the first, and one for all that follow it in the same turn', async () => {
    const { requests, many } = await counted((_, response) => response.end(`${requests.length}`));
    const answers = await Promise.all(many(20));
    expect(answers.map(({ body }) => body.toString())).toEqual([
      '1',
      ...Array<string>(19).fill('2'),
    ]);
    expect(requests).toHaveLength(2);
  });

  it('are requests of their own in another turn, also while one is under way', async () => {
    const { client, requests } = await counted((_, response) => {
      setTimeout(() => response.end('{}'), 50);
    });
    const first = client.send('/x', {});
    await nextTurn();
    await Promise.all([first, client.send('/x', {})]);
    expect(requests).toHaveLength(2);
  });

  it('are not the same with another path, query or media type, and never writes', async () => {
    const { client, requests } = await counted();
    const different = [
      ['/x', {}],
      ['/y', {}],
      ['/x', { query: { limit: 1 } }],
      ['/x', { query: { limit: 2 } }],
      ['/x', { accept: 'text/plain' }],
      ['/x', { method: 'DELETE' }],
      ['/x', { method: 'DELETE' }],
    ] as const;
    await Promise.all(different.map(([path, options]) => client.send(path, options)));
    expect(requests).toHaveLength(different.length);
  });

  it('all fail with what the API server says', async () => {
    const { requests, many } = await counted((_, response) => {
      response.writeHead(403).end(status(403, 'Forbidden', 'no'));
    });
    const outcomes = await Promise.allSettled(many(5));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(5).fill('rejected'));
    expect(requests).toHaveLength(2);
  });

  it('go on for the others when one gives up', async () => {
    const { requests, many } = await counted((_, response) => {
      setTimeout(() => response.end('{}'), 50);
    });
    const stop = new AbortController();
    const patient = many(2);
    const impatient = Promise.allSettled(many(1, stop.signal));
    await nextTurn();
    stop.abort();
    expect(await impatient).toMatchObject([{ reason: { code: 'cancelled' } }]);
    await expect(Promise.all(patient)).resolves.toHaveLength(2);
    expect(requests).toHaveLength(2);
  });

  it('end when all have given up', async () => {
    const closed: Promise<unknown>[] = [];
    const arrived = Promise.withResolvers<void>();
    const { requests, many } = await counted((request) => {
      closed.push(new Promise((resolve) => request.socket.on('close', resolve)));
      if (requests.length === 2) arrived.resolve();
    });
    const stop = new AbortController();
    const calls = Promise.allSettled(many(4, stop.signal));
    await arrived.promise;
    stop.abort();
    const outcomes = await calls;
    expect(outcomes.map((outcome) => outcome.status)).toEqual(outcomes.map(() => 'rejected'));
    // The connections end too: nothing is read for nobody.
    await Promise.all(closed);
  });

  it('are not sent for those who have given up before the turn has ended', async () => {
    const { requests, many } = await counted();
    const stop = new AbortController();
    const [first] = many(1);
    const given = Promise.allSettled(many(3, stop.signal));
    stop.abort();
    await Promise.all([first, given]);
    await sleep(50);
    expect(requests).toHaveLength(1);
  });

  it('are sent for who asks after the others have given up', async () => {
    const { requests, many } = await counted();
    const stop = new AbortController();
    const first = many(1);
    const given = Promise.allSettled(many(3, stop.signal));
    stop.abort();
    await expect(Promise.all([...first, ...many(1)])).resolves.toHaveLength(2);
    await given;
    expect(requests).toHaveLength(2);
  });
});
