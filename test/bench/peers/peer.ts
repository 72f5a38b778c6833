import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Sandbox } from '#sandbox';
import { freePort } from '../../support/free-port.js';
import { installedOnce } from '../../support/installed-once.js';
import { openSession } from '../mcp-session.js';

/** The servers of others that are measured, from npm. */
const PACKAGES = { 'kubernetes-mcp-server': '0.0.67', 'mcp-server-kubernetes': '4.1.7' };
const INSTALL_MS = 600_000;

const READY_MS = 60_000;
const ASK_EVERY_MS = 5;

/** A server under measurement, once it answers. */
export interface Running {
  pid: number;
  /** From its start until it answers `initialize`. */
  readyMs: number;
  url: string;
  stop(): Promise<void>;
}

/** Where a program listens, and how it is started. */
export interface Program {
  command: string;
  args: string[];
  env: Record<string, string>;
  url: string;
}

/** What the servers of others are, by the names that the tables have. */
export const OTHERS: readonly {
  name: string;
  program: (folder: string, port: number) => Program;
}[] = [
  {
    name: `kubernetes-mcp-server ${PACKAGES['kubernetes-mcp-server']}`,
    // The package starts this program, which would be measured together with Node otherwise.
    program: (folder, port) => ({
      command: binaryOf(folder, `kubernetes-mcp-server-${process.platform}-${goArch()}`),
      args: [
        '--port',
        String(port),
        '--bind-address',
        '127.0.0.1',
        '--toolsets',
        'core,config,helm',
      ],
      env: {},
      url: `http://127.0.0.1:${port}/mcp`,
    }),
  },
  {
    name: `mcp-server-kubernetes ${PACKAGES['mcp-server-kubernetes']}`,
    program: (folder, port) => ({
      command: process.execPath,
      args: [join(folder, 'node_modules/mcp-server-kubernetes/dist/index.js')],
      env: { ENABLE_UNSAFE_STREAMABLE_HTTP_TRANSPORT: '1', PORT: String(port) },
      url: `http://127.0.0.1:${port}/mcp`,
    }),
  },
];

/** The folder with the servers of others. The first run installs them. */
export function installOthers(): Promise<string> {
  const versions = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
  return installedOnce(`peers/${versions.join('+')}`, async (folder) => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    await execa('npm', ['install', ...quiet, ...versions], { cwd: folder, timeout: INSTALL_MS });
  });
}

/** Starts a server of others on the sandbox. @throws Error if it does not answer in time */
export async function startOther(
  { program }: (typeof OTHERS)[number],
  folder: string,
  sandbox: Sandbox,
): Promise<Running> {
  return startProgram(program(folder, await freePort()), sandbox);
}

/** Starts an MCP server, and asks for a session until it gives one. */
export async function startProgram(
  { command, args, env, url }: Program,
  sandbox: Sandbox,
): Promise<Running> {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...sandbox.env, ...env },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const deadline = startedAt + READY_MS;
  for (;;) {
    try {
      await (await openSession(url)).close();
      break;
    } catch (error) {
      if (performance.now() > deadline || child.exitCode !== null) {
        child.kill('SIGKILL');
        throw new Error(`${command} does not answer at ${url}`, { cause: error });
      }
      await sleep(ASK_EVERY_MS);
    }
  }
  return {
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedAt,
    url,
    async stop() {
      child.kill();
      await Promise.race([exited, sleep(5_000).then(() => child.kill('SIGKILL'))]);
    },
  };
}

function goArch(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

/** The program that a package of one platform brings. */
function binaryOf(folder: string, name: string): string {
  return join(folder, 'node_modules', name, 'bin', name);
}
