import { describe, expect, it } from 'vitest';
import { CLIENTS } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { useServer } from './support/use-server.js';

const LIMIT = 'skyflo/time_limit_seconds';
const WAIT = 'wait_for_x_seconds';
const ENDED = `${WAIT} did not end within its limit of 1 s.`;

const server = useServer();

describe('the time that a caller gives a call', () => {
  it('ends it over REST, where it is less than that of the tool', async () => {
    const wait = (seconds: number, query: string) =>
      execute(server.url, WAIT, { seconds }, { query });
    expect(await wait(20, '?time_limit_seconds=1')).toMatchObject({
      status: 504,
      body: { code: 'timeout', detail: ENDED, retryable: true },
    });
    expect((await wait(1, '?time_limit_seconds=100000000')).status).toBe(200);
    for (const wrong of ['0', '-1', '1.5', 'soon']) {
      const { status, body } = await wait(1, `?time_limit_seconds=${wrong}`);
      expect([status, body.errors?.[0]?.field]).toEqual([422, 'time_limit_seconds']);
    }
  });

  it.each(['2025 over Streamable HTTP', '2026 over Streamable HTTP'])(
    'ends it over MCP, %s',
    async (name) => {
      const client = await CLIENTS[name]!(server);
      const wait = (seconds: number, limit: unknown) =>
        client.call(WAIT, { seconds }, { meta: { [LIMIT]: limit } });
      expect(await wait(20, 1)).toMatchObject({
        isError: true,
        content: [{ text: ENDED }],
        _meta: { 'skyflo/code': 'timeout' },
      });
      expect((await wait(1, 20)).isError).toBe(false);
      for (const wrong of [0, -1, 1.5, '1']) {
        expect(await wait(1, wrong)).toMatchObject({
          isError: true,
          content: [
            { text: expect.stringContaining(`"${LIMIT}" in _meta must be a whole number`) },
          ],
          _meta: { 'skyflo/code': 'invalid_input' },
        });
      }
      await client.close();
    },
  );
});
