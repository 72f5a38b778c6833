import { describe, expect, it } from 'vitest';
import { readJson } from './support/rest.js';
import { reset, RESETS, resetUnread } from './support/resets.js';
import { useExecutions, type ExecutionsInUse } from './support/use-executions.js';
import { useReplicas } from './support/use-replicas.js';

const WAIT = 'wait_for_x_seconds';
const TIMES = 3;

const sqlite = useExecutions();
const { a: postgres } = useReplicas();

async function expectAllStored({ api, server }: ExecutionsInUse): Promise<void> {
  const id = await api.start(WAIT, { seconds: 0 });
  expect(await api.finished(id)).toMatchObject({ status: 'succeeded' });
  const { body } = await readJson(`${server.url}/health/ready`);
  expect(JSON.stringify(body)).not.toContain('cannot be stored');
}

describe('a client that resets its connection', () => {
  it.each(RESETS)('leaves the others alone: %s, %s', async (request, moment) => {
    for (let count = 0; count < TIMES; count++) await reset(sqlite.server, request, moment);
    await expectAllStored(sqlite);
  });

  it.each([
    ['SQLite', sqlite],
    ['PostgreSQL', postgres],
  ])('leaves the others alone when nobody has accepted it yet, with %s', async (_, inUse) => {
    for (let count = 0; count < TIMES; count++) await resetUnread(inUse.server);
    await expectAllStored(inUse);
  });

  it('leaves no call running that nobody waits for, and is no bug', async () => {
    for (const { api, server } of [sqlite, postgres]) {
      const running = async () => (await api.list({ status: 'running' })).body.executions;
      await expect.poll(running).toEqual([]);
      expect(JSON.stringify(server.log)).not.toMatch(/dropped|"bug"/);
    }
  });
});
