import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab, status } from '../../fixtures/http-lab.js';

const lab = new HttpLab();
afterEach(() => lab.close());

describe('HttpClient.stream', () => {
  const read = async (stream: AsyncIterable<Uint8Array>, each: (text: string) => void) => {
    for await (const chunk of stream) each(Buffer.from(chunk).toString());
  };

  it('hands out chunks as they come and ends quietly when the signal aborts', async () => {
    const closed = Promise.withResolvers<void>();
    const client = await lab.clientTo((request, response) => {
      request.socket.on('close', () => closed.resolve());
      response.write('one');
    });
    const stop = new AbortController();
    const seen: string[] = [];
    await read(client.stream('/log', { signal: stop.signal }), (text) => {
      seen.push(text);
      stop.abort();
    });
    expect(seen).toEqual(['one']);
    await closed.promise;
  });

  it('fails as a request does', async () => {
    const client = await lab.clientTo((_, response) => {
      response.writeHead(404).end(status(404, 'NotFound', 'pods "a" not found'));
    });
    await expect(read(client.stream('/log', {}), () => undefined)).rejects.toMatchObject({
      code: 'not_found',
      message: 'pods "a" not found',
    });
  });

  it('ends at its time limit, if it has one', async () => {
    const client = await lab.clientTo((_, response) => void response.write('one'));
    await expect(
      read(client.stream('/log', { timeoutMs: 100 }), () => undefined),
    ).rejects.toMatchObject({ code: 'timeout' });
  });
});
