import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '#sandbox';
import { SERVER_BIN, OPEN_ACCESS } from '../../support/server-process.js';
import { freePort } from '../../support/free-port.js';
import { modernCaller, rawCaller, restCaller, sessionCaller, type Caller } from '../callers.js';
import { openSession } from '../mcp-session.js';
import { median } from '../measure.js';
import { writeBundled } from './bundled.js';
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
  const files = await mkdtemp(join(tmpdir(), 'bench-peers-'));
  const start = async (command: string, args: string[], settings: Record<string, string>) => {
    const port = await freePort();
    const env = { ...settings, PORT: String(port) };
    return startProgram({ command, args, env, url: `http://127.0.0.1:${port}/mcp` }, sandbox);
  };
  const settings = { ...OPEN_ACCESS, ...WHOLE, EXECUTIONS_FILE: join(files, 'executions.db') };
  const own = await measured('Skyflo MCP', () => start(SERVER_BIN, [], settings));
  const others: Measured[] = [];
  for (const other of OTHERS) {
    others.push(await measured(other.name, () => startOther(other, folder, sandbox)));
  }
  const proxy = await measured('bare proxy', () => startBareProxy(sandbox));
  const toolFile = join(files, 'bare-tool.js');
  await writeBundled(processFile('bare-tool'), toolFile);
  const compiled = { NODE_COMPILE_CACHE: join(files, 'compiled') };
  const tool = await measured('bare tool', () => start(process.execPath, [toolFile], compiled));
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
    { ...restCaller(new URL(tool.running.url).origin), name: tool.name, pid: tool.running.pid },
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
      await rm(files, { recursive: true });
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

/** Starts the proxy that does nothing but pass requests on, and waits until it listens. */
async function startBareProxy(sandbox: Sandbox): Promise<Running> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [processFile('bare-proxy')], {
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

function processFile(name: string): string {
  return fileURLToPath(new URL(`./${name}.process.js`, import.meta.url));
}
