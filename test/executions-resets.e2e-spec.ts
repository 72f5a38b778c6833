import { describe, expect, it } from 'vitest';
import { readJson } from './support/rest.js';
import { reset, RESETS, resetUnread } from './support/resets.js';
import { useExecutions } from './support/use-executions.js';
import { useReplicas } from './support/use-replicas.js';

const WAIT = 'wait_for_x_seconds';
const TIMES = 3;

const { a } = useReplicas();

describe.each([
  ['SQLite', useExecutions()],
  ['PostgreSQL', a],
])('clients that reset their connections, with %s', (_store, { api, server }) => {
  const storesAll = async () => {
    const id = await api.start(WAIT, { seconds: 0 });
    expect(await api.finished(id)).toMatchObject({ status: 'succeeded' });
    const { body } = await readJson(`${server.url}/health/ready`);
    expect(JSON.stringify(body)).not.toContain('cannot be stored');
  };
  const refused = () =>
    server.log.filter(({ message }) => /dropped|bug/.test(JSON.stringify(message)));

  it.each(RESETS)('leave the others alone: %s, %s', async (request, moment) => {
    for (let count = 0; count < TIMES; count++) await reset(server, request, moment);
    await storesAll();
  });

  it('leave the others alone when nobody has accepted them yet', async () => {
    for (let count = 0; count < TIMES; count++) await resetUnread(server);
    await storesAll();
  });

  it('leave no call running that nobody waits for, and nothing that is refused or a bug', async () => {
    const running = async () => (await api.list({ status: 'running' })).body.executions.length;
    await expect.poll(running).toBe(0);
    expect(refused()).toEqual([]);
  });
});
