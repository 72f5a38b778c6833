import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { mcpTextOf } from './support/mcp-clients.js';
import { useGate } from './support/use-gate.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';
import { WrittenLogs } from './support/written-logs.js';

const own = useNamespace('logs-outages');
const door = useGate();
// Every line is looked at, so none may be left out of an answer.
const server = useServer({
  env: async () => ({ ...(await door.env()), MAX_OUTPUT_CHARS: '1000000' }),
});

const FOLLOW = { namespace: own.name, follow: true, timeout_seconds: 8 };

/** Lines of each burst, which all have the same time. */
const BURST = 5;
const BURSTS = 100;

let logs: WrittenLogs;
beforeAll(async () => {
  logs = await WrittenLogs.of(own, ['one', 'two'], ['app', 'proxy']);
});

/** Writes to every log, and meanwhile does something else. */
async function writing(meanwhile: () => Promise<void>): Promise<void> {
  const done = meanwhile();
  for (let burst = 0; burst < BURSTS; burst++) {
    const numbers = Array.from({ length: BURST }, (_, index) => `line ${burst * BURST + index}`);
    await Promise.all(logs.names.map((name) => logs.write(name, ...numbers)));
    await sleep(40);
  }
  await done;
}

const all = Array.from({ length: BURSTS * BURST }, (_, index) => `line ${index}`);

/** Follows logs over MCP until the limit. */
async function follow(args: Record<string, unknown>) {
  const told: string[] = [];
  const answer = server.mcp.call(
    'k8s_logs',
    { ...FOLLOW, ...args },
    { onprogress: ({ message = '' }) => told.push(message) },
  );
  const lines = answer.then((result) => mcpTextOf(result).split('\n'));
  return { told, lines };
}

describe('logs that are followed while the cluster is away for a moment', () => {
  it('have every line once, of each container, with and without a filter', async () => {
    const every = await follow({ pod_name: 'app=written', all_containers: true, num_lines: 0 });
    const some = await follow({ pod_name: 'one', container_name: 'app', grep: '5$' });
    await expect.poll(() => door.gate.open).toBeGreaterThanOrEqual(5);
    await sleep(300);
    await writing(async () => {
      for (const awayMs of [300, 1_000, 50]) {
        await sleep(500);
        door.gate.goAway();
        await sleep(awayMs);
        door.gate.comeBack();
      }
    });
    const lines = await every.lines;
    for (const name of logs.names) {
      const prefix = `[pod/${name}] `;
      const ofPod = lines.filter((line) => line.startsWith(prefix));
      expect(ofPod.map((line) => line.slice(prefix.length))).toEqual(all);
    }
    expect(lines.at(-1)).toBe('[Followed for 8 s at most.]');
    expect((await some.lines).slice(0, -1)).toEqual(all.filter((line) => line.endsWith('5')));
    expect(every.told).toContainEqual(expect.stringMatching(/^The cluster is away: /));
    expect(every.told).toContain('The cluster is back.');
  });

  it('say at the end that it has not come back', async () => {
    const { lines } = await follow({ pod_name: 'one', container_name: 'app', timeout_seconds: 2 });
    await expect.poll(() => door.gate.open).toBeGreaterThanOrEqual(1);
    await sleep(500);
    door.gate.goAway();
    expect((await lines).at(-1)).toMatch(
      /^\[Followed for 2 s at most\. The cluster is away: .*\]$/,
    );
    door.gate.comeBack();
  });
});
