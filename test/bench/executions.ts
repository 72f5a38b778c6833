import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '#sandbox';
import { memoryOf } from '../support/process-state.js';
import { printTable } from './print-table.js';
import { startServer } from './server.js';

const SLOW_CALLS = 200;
const PROBES = 500;
const STREAMS = 10_000;
const EXECUTIONS = 50;
const CONCURRENCY = 200;

/** Measures what many calls and streams that wait cost those who do not. */
export async function benchExecutions(sandbox: Sandbox): Promise<void> {
  const server = await startServer(sandbox, 'executions');
  try {
    await startMany(server.url, SLOW_CALLS, 'wait_for_x_seconds', { seconds: 120 });
    const beside = await probe(`${server.url}/health`);
    const idle = await startMany(server.url, EXECUTIONS, 'k8s_rollout_status', {
      name: 'payments',
      namespace: 'shop',
      timeout_seconds: 600,
    });
    const sockets = await openStreams(server.url, idle);
    await sleep(5_000);
    const memory = memoryOf(server.pid);
    for (const socket of sockets) socket.destroy();
    const after = await probe(`${server.url}/health`);
    printTable(
      ['executions', 'figure', 'goal'],
      [
        [`memory with ${sockets.length} idle streams`, `${memory.toFixed(0)} MB`, '≤ 500 MB'],
        [`/health while ${SLOW_CALLS} calls run, p50 / p99`, textOf(beside), 'p99 ≤ 20 ms'],
        [`the same when ${sockets.length} streams hang up at once`, textOf(after), ''],
      ],
    );
  } finally {
    await server.stop('SIGKILL');
  }
}

async function startMany(
  url: string,
  count: number,
  tool: string,
  args: object,
): Promise<string[]> {
  const start = async () => {
    const response = await fetch(`${url}/engine/v1/tools/k8s/${tool}/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify(args),
    });
    return ((await response.json()) as { execution_id: string }).execution_id;
  };
  return Promise.all(Array.from({ length: count }, start));
}

/** Opens streams of executions on bare sockets, which cost this process little. */
async function openStreams(url: string, ids: string[]): Promise<Socket[]> {
  const { hostname, port, host } = new URL(url);
  const open = async (id: string) => {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`GET /engine/v1/executions/${id}/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await once(socket, 'data');
    return socket;
  };
  const sockets: Socket[] = [];
  while (sockets.length < STREAMS) {
    const next = Array.from({ length: CONCURRENCY }, (_, index) => ids[index % ids.length]!);
    sockets.push(...(await Promise.all(next.map(open))));
  }
  return sockets;
}

interface Percentiles {
  p50: number;
  p99: number;
}

function textOf({ p50, p99 }: Percentiles): string {
  return `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
}

/** Asks again and again, one at a time. @returns milliseconds */
async function probe(url: string): Promise<Percentiles> {
  const times: number[] = [];
  for (let count = 0; count < PROBES; count++) {
    const startedAt = performance.now();
    await (await fetch(url)).arrayBuffer();
    times.push(performance.now() - startedAt);
    await sleep(5);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
