import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '#sandbox';
import { SERVER_BIN, OPEN_ACCESS } from '../../support/server-process.js';
import { freePort } from '../../support/free-port.js';
import { modernCaller, rawCaller, restCaller, sessionCaller, type Caller } from '../callers.js';
import { openSession } from '../mcp-session.js';
import { median } from '../measure.js';
import { installOthers, OTHERS, startOther, startProgram, type Running } from './peer.js';
import { treeMemoryOf } from './process-tree.js';

const STARTS = 3;
/** After so many milliseconds a server has given back what it does not need while it is quiet. */
export const QUIET_MS = 20_000;
/** What is compared with the raw API server is not cut. */
const WHOLE = { MAX_OUTPUT_CHARS: '1000000' };

/** A server that is measured. */
export interface Measured {
  name: string;
  running: Running;
  /** Milliseconds from the start to the first answer, the median of some starts. */
  readyMs: number;
  /** Resident memory once it is quiet after the start, in MB. */
  idleMb: number;
}

/** All that is measured: the ways to ask, and the servers behind them. */
export interface Subjects {
  /** This server and those of others, in the order of the tables. */
  servers: Measured[];
  /** What the platform can do at best. */
  bare: Measured[];
  /** The API server, the bare programs, the doors of this server, the servers of others. */
  callers: (Caller & { pid?: number })[];
  close(): Promise<void>;
}

/** Starts each server some times, one after another, and leaves the last of each running. */
export async function startSubjects(sandbox: Sandbox): Promise<Subjects> {
  const folder = await installOthers();
  const own = await measured('Skyflo MCP', async () => {
    const port = await freePort();
    return startProgram(
      {
        command: SERVER_BIN,
        args: [],
        env: { ...OPEN_ACCESS, ...WHOLE, EXECUTIONS_FILE: ':memory:', PORT: String(port) },
        url: `http://127.0.0.1:${port}/mcp`,
      },
      sandbox,
    );
  });
  const others: Measured[] = [];
  for (const other of OTHERS) {
    others.push(await measured(other.name, () => startOther(other, folder, sandbox)));
  }
  const proxy = await measured('bare proxy', () => startBare('bare-proxy', sandbox));
  const tool = await measured('bare tool', () => startBare('bare-tool', sandbox));
  const bare = [proxy, tool];
  const url = new URL(own.running.url).origin;
  const { pid } = own.running;
  const callers = [
    rawCaller(sandbox.kubeconfig),
    {
      ...rawCaller(sandbox.kubeconfig, proxy.running.url),
      name: proxy.name,
      pid: proxy.running.pid,
    },
    { ...restCaller(tool.running.url), name: tool.name, pid: tool.running.pid },
    { ...restCaller(url), name: 'Skyflo MCP, REST', pid },
    { ...(await sessionCaller(url)), name: 'Skyflo MCP, MCP 2025', pid },
    { ...modernCaller(url), name: 'Skyflo MCP, MCP 2026', pid },
    ...(await Promise.all(
      others.map(({ name, running }, index) => otherCaller(name, running, index)),
    )),
  ];
  return {
    servers: [own, ...others],
    bare,
    callers,
    async close() {
      await Promise.all(callers.map((caller) => caller.close()));
      await Promise.all([own, ...others, ...bare].map(({ running }) => running.stop()));
    },
  };
}

/** Starts a server some times, and leaves the last one running. */
async function measured(name: string, start: () => Promise<Running>): Promise<Measured> {
  const readyMs: number[] = [];
  for (;;) {
    const running = await start();
    readyMs.push(running.readyMs);
    if (readyMs.length === STARTS) {
      await sleep(QUIET_MS);
      return { name, running, readyMs: median(readyMs), idleMb: treeMemoryOf(running.pid) };
    }
    await running.stop();
  }
}

/** What each server of others is asked for the pods of a namespace. */
const PODS_OF_OTHERS: readonly ((namespace: string, labelSelector?: string) => [string, object])[] =
  [
    (namespace, labelSelector) => ['pods_list_in_namespace', { namespace, labelSelector }],
    (namespace, labelSelector) => [
      'kubectl_get',
      { resourceType: 'pods', namespace, labelSelector },
    ],
  ];

async function otherCaller(
  name: string,
  { url, pid }: Running,
  index: number,
): Promise<Caller & { pid: number }> {
  const { call, close } = await openSession(url);
  const askFor = PODS_OF_OTHERS[index]!;
  return {
    name,
    pid,
    pods: (namespace, selector) => () => call(...askFor(namespace, selector?.())),
    close,
  };
}

/** Starts a program that does no more than it must, and waits until it listens. */
async function startBare(name: 'bare-proxy' | 'bare-tool', sandbox: Sandbox): Promise<Running> {
  const file = fileURLToPath(new URL(`./${name}.process.js`, import.meta.url));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...sandbox.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedAt,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}
