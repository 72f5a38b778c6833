import { beforeAll, describe, expect, it } from 'vitest';
import { configMap, createObjects } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useGate } from './support/use-gate.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const CALLERS = 32;
const ROUNDS = 5;

const callers = Array.from({ length: CALLERS }, (_, number) => `caller-${number}`);
const own = useNamespace('at-once');
const gated = useGate();
const server = useServer({ defaults: { namespace: own.name }, env: gated.env });

const read = async () =>
  textOf(await server.call('k8s_get', { resource_type: 'configmaps', output: 'json' }));

describe('many callers that read the same at the same time', () => {
  beforeAll(async () => {
    const maps = callers.map((name) => configMap(name, { round: 'none' }, { namespace: own.name }));
    await createObjects(...maps);
  });

  it('all get the answer, with fewer requests to the API server than callers', async () => {
    const expected = await read();
    const requests = async () => {
      const before = gated.gate.passed.length;
      const answers = await Promise.all(callers.map(() => read()));
      expect(new Set(answers)).toEqual(new Set([expected]));
      return gated.gate.passed.length - before;
    };
    // How many of them come in one turn of the server's event loop is not for this test to say.
    await expect.poll(requests).toBeLessThan(CALLERS);
  });

  it('each see what they have written before', async () => {
    const seen = await Promise.all(
      callers.map(async (name) => {
        const rounds: unknown[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const patch = JSON.stringify({ data: { round: `${round}` } });
          textOf(await server.call('k8s_patch', { resource_type: 'configmap', name, patch }));
          const { items } = JSON.parse(await read()) as { items: ReturnType<typeof configMap>[] };
          rounds.push(items.find(({ metadata }) => metadata.name === name)?.data['round']);
        }
        return rounds;
      }),
    );
    const expected = Array.from({ length: ROUNDS }, (_, round) => `${round}`);
    expect(seen).toEqual(callers.map(() => expected));
  });
});
