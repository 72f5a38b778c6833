import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { ExecutionsApi } from './support/executions.js';
import { startServer } from './support/server.js';
import { SilentRelay } from './support/silent-relay.js';
import { executionsFile, onThisMachine } from './support/use-executions.js';
import { useReplicas } from './support/use-replicas.js';

const EXEC = 'k8s_exec';
/** Ways to call that store an execution before it begins. */
const WAYS: [string, Record<string, string>][] = [
  ['waited for', {}],
  ['left alone', { prefer: 'respond-async' }],
  ['streamed', { accept: 'text/event-stream' }],
];

const replicas = useReplicas();
const { targets, a, b } = replicas;

/** Calls under a key each way. @returns the keys, with what is to be sent under them */
const claimed = async (api: ExecutionsApi, ways = WAYS) => {
  const calls = ways.map(([, headers]) => {
    const key = randomUUID();
    return { args: onThisMachine(`echo ${key}`), headers: { ...headers, 'idempotency-key': key } };
  });
  const answers = await Promise.all(calls.map(({ args, headers }) => api.run(EXEC, args, headers)));
  for (const { status, body } of answers) {
    expect([status, body['code'], body['retryable']]).toEqual([503, 'unavailable', true]);
  }
  return calls;
};

/** Calls under the same keys until it succeeds: each is then done, once. */
const expectFree = async (apis: ExecutionsApi[], calls: Awaited<ReturnType<typeof claimed>>) => {
  for (const { args, headers } of calls) {
    const run = () => Promise.all(apis.map((api) => api.run(EXEC, args, headers)));
    const statuses = async () =>
      (await run()).map(({ status }) => (status < 300 ? 'good' : status));
    await expect.poll(statuses, { timeout: 20_000 }).toEqual(apis.map(() => 'good'));
    const key = headers['idempotency-key'];
    const done = () => targets.local.commands.filter((words) => words.at(-1)?.includes(key));
    await expect.poll(done).toHaveLength(1);
    await run();
    expect(done()).toHaveLength(1);
  }
};

describe('an idempotency key that could not be claimed is free', () => {
  it('after another process had locked the file of SQLite', async () => {
    const EXECUTIONS_FILE = executionsFile();
    const server = await startServer({ ...targets.env, EXECUTIONS_FILE });
    const api = new ExecutionsApi(server);
    const other = new DatabaseSync(EXECUTIONS_FILE, { timeout: 5_000 });
    other.exec('begin exclusive');
    const calls = await claimed(api);
    other.close();
    await expectFree([api], calls);
    await server.stop();
  });

  it('after PostgreSQL was away, on every replica', async () => {
    await replicas.postgres.pause();
    const calls = await claimed(a.api);
    await replicas.postgres.resume();
    await expectFree([a.api, b.api], calls);
  });

  it('after PostgreSQL has stored the claim, and its answer was lost', async () => {
    const url = new URL(replicas.postgres.url);
    const relay = await SilentRelay.open(Number(url.port));
    url.port = String(relay.port);
    const server = await startServer({ ...replicas.env(), DATABASE_URL: url.href });
    const api = new ExecutionsApi(server);
    expect((await api.run(EXEC, onThisMachine('echo before'))).status).toBe(200);
    relay.loseAnswers();
    // One call: others would go over new connections, which work.
    const calls = await claimed(api, WAYS.slice(0, 1));
    await expectFree([api, b.api], calls);
    await server.stop();
    relay.close();
  });
});
