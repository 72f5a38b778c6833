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
/** After so many milliseconds a server does nothing more of its start. */
const SETTLE_MS = 5_000;
/** What is compared with the raw API server is not cut. */
const WHOLE = { MAX_OUTPUT_CHARS: '1000000' };

/** A server that is measured. */
export interface Measured {
  name: string;
  running: Running;
  /** Milliseconds from the start to the first answer, the median of some starts. */
  readyMs: number;
  /** Resident memory some seconds after the start, in MB. */
  idleMb: number;
}

/** All that is measured: the ways to ask, and the servers behind them. */
export interface Subjects {
  /** This server and those of others, in the order of the tables. */
  servers: Measured[];
  /** The API server, the bare proxy, the doors of this server, the servers of others. */
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
  const proxy = await startBareProxy(sandbox);
  const url = new URL(own.running.url).origin;
  const { pid } = own.running;
  const callers = [
    rawCaller(sandbox.kubeconfig),
    { ...rawCaller(sandbox.kubeconfig, proxy.url), name: 'bare proxy', pid: proxy.pid },
    { ...restCaller(url), name: 'Skyflo MCP, REST', pid },
    { ...(await sessionCaller(url)), name: 'Skyflo MCP, MCP 2025', pid },
    { ...modernCaller(url), name: 'Skyflo MCP, MCP 2026', pid },
    ...(await Promise.all(
      others.map(({ name, running }, index) => otherCaller(name, running, index)),
    )),
  ];
  return {
    servers: [own, ...others],
    callers,
    async close() {
      await Promise.all(callers.map((caller) => caller.close()));
      await Promise.all([own, ...others].map(({ running }) => running.stop()));
      await proxy.stop();
    },
  };
}

async function measured(name: string, start: () => Promise<Running>): Promise<Measured> {
  const readyMs: number[] = [];
  for (;;) {
    const running = await start();
    readyMs.push(running.readyMs);
    await sleep(SETTLE_MS);
    if (readyMs.length === STARTS) {
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

/** A proxy that does nothing but pass requests on: what the platform can do at best. */
async function startBareProxy(sandbox: Sandbox): Promise<Omit<Running, 'readyMs'>> {
  const file = fileURLToPath(new URL('./bare-proxy.process.js', import.meta.url));
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...sandbox.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}
