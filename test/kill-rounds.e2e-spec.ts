import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ExecutionsApi } from './support/executions.js';
import { freePort } from './support/free-port.js';
import { hasHaproxy, startHaproxy } from './support/haproxy.js';
import { KillLoad, WHOLE_OUTPUT, type Journal, type Told } from './support/kill-load.js';
import { createObjects } from './support/manifest.js';
import { McpLoad } from './support/mcp-load.js';
import { Postgres } from './support/postgres.js';
import { randomFrom } from './support/random.js';
import { startServer, type RunningServer } from './support/server.js';
import { executionsFile, useTargets } from './support/use-executions.js';
import { useNamespace } from './support/use-namespace.js';

const ROUNDS = 20;
const ROUNDS_OF_REPLICAS = 6;
/** Rounds of which one goes on until a write has been told of. */
const ROUNDS_PER_WRITE = 4;
/** Milliseconds that a server runs under load before it is killed: at least, and at most. */
const RUN_MS = [50, 500] as const;

const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
const random = randomFrom(seed);
const own = useNamespace('kill-rounds');
const targets = useTargets();

const journals = Array.from({ length: 4 }, (_, index) => ({
  namespace: own.name,
  name: `journal-${index}`,
}));
beforeAll(() => createObjects(...journals.map(podTemplate)));

describe(`servers that are killed under load (KILL_SEED=${seed})`, { timeout: 180_000 }, () => {
  it(`lose nothing and do nothing twice: ${ROUNDS} rounds, SQLite`, async () => {
    const env = { ...targets.env, EXECUTIONS_FILE: executionsFile() };
    let server = await startServer(env);
    onTestFinished(() => void server.stop('SIGKILL'));
    const load = new KillLoad(() => new ExecutionsApi(server), journals);
    for (let round = 0; round < ROUNDS; round++) {
      await someTime();
      // On a slow machine most servers are killed before they have written anything.
      if (round % ROUNDS_PER_WRITE === 0) await load.written();
      await server.stop('SIGKILL');
      server = await startServer(env);
    }
    await load.stop();
    await expectNothingLost(load.told, server);
  });

  it.skipIf(!hasHaproxy)(
    `lose nothing and do nothing twice: ${ROUNDS_OF_REPLICAS} rounds, one of two replicas`,
    async () => {
      const postgres = await Postgres.start();
      onTestFinished(() => postgres.stop());
      const ports = [await freePort(), await freePort()];
      const start = (index: number) =>
        startServer({ ...targets.env, DATABASE_URL: postgres.url, PORT: String(ports[index]) });
      const servers = await Promise.all([start(0), start(1)]);
      onTestFinished(() => servers.forEach((server) => void server.stop('SIGKILL')));
      const proxy = await startHaproxy(ports);
      onTestFinished(() => proxy.stop());
      const load = new KillLoad(() => new ExecutionsApi(proxy), journals);
      const clients = await McpLoad.start(proxy.url);
      for (let round = 0; round < ROUNDS_OF_REPLICAS; round++) {
        await someTime();
        const killed = Math.floor(random() * servers.length);
        await servers[killed]!.stop('SIGKILL');
        servers[killed] = await start(killed);
      }
      await Promise.all([load.stop(), clients.stop()]);
      for (const server of servers) await expectNothingLost(load.told, server);
      expect(clients.told).toMatchObject({ unexpected: [] });
      expect(clients.told.calls).toBeGreaterThan(0);
    },
  );
});

function someTime(): Promise<void> {
  const [least, most] = RUN_MS;
  return sleep(least + random() * (most - least));
}

async function expectNothingLost(told: Told, server: RunningServer): Promise<void> {
  const api = new ExecutionsApi(server);
  const statusOf = async (id: string) => (await api.get(id)).body.status;
  const statuses = async (ids: Iterable<string>) =>
    new Set(await Promise.all([...ids].map(statusOf)));
  expect(told.unexpected).toEqual([]);
  expect(told.broken).toBeGreaterThan(0);
  expect([told.written.size, told.cancelled.size, told.followed.size, told.reads]).not.toContain(0);

  const done = await journalled();
  expect(new Set(done).size, 'writes that were done twice').toBe(done.length);
  expect([...told.written.keys()].filter((key) => !done.includes(key))).toEqual([]);

  expect(await statuses(told.written.values())).toEqual(new Set(['succeeded']));
  expect(await statuses(told.cancelled)).toEqual(new Set(['cancelled']));
  for (const status of ['queued', 'running']) {
    await expect.poll(async () => (await api.list({ status })).body.executions).toEqual([]);
  }
  expect(await statuses(told.accepted)).not.toContain(undefined);

  for (const [id, events] of told.followed) {
    expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
    const text = events.map(({ event, data }) => (event === 'output' ? data['text'] : '')).join('');
    const { status } = events.at(-1)!.data;
    expect(status).toBe(await statusOf(id));
    if (status === 'succeeded') expect(text).toBe(WHOLE_OUTPUT);
    else expect([status, WHOLE_OUTPUT.startsWith(text)]).toEqual(['interrupted', true]);
  }
}

/** The keys of all writes that were done, as often as they were. */
async function journalled(): Promise<string[]> {
  const path = '{.items[*].template.spec.containers[0].args[*]}';
  return (await own.kubectl('get', 'podtemplates', '-o', `jsonpath=${path}`))
    .split(' ')
    .filter((key) => key !== 'first');
}

function podTemplate({ name, namespace }: Journal): object {
  const containers = [{ name: 'journal', image: 'none', args: ['first'] }];
  return {
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name, namespace },
    template: { metadata: {}, spec: { containers } },
  };
}
