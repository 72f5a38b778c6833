import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { freePort } from './free-port.js';

const PROGRAM = '/usr/sbin/haproxy';
const CONFIGURATION = 'deploy/compose/haproxy.cfg';
const REPLICAS = /^ {2}server-template replica .*$/m;

export const hasHaproxy = existsSync(PROGRAM);

/** The proxy of docker-compose.yml before servers of this machine, without affinity. */
export interface Haproxy {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts HAProxy with the configuration of docker-compose.yml, but for the addresses.
 * @param ports of the servers
 */
export async function startHaproxy(ports: readonly number[]): Promise<Haproxy> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, configurationFor(port, ports));
  const child = spawn(PROGRAM, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  const url = `http://localhost:${port}`;
  const isUp = async () => (await fetch(`${url}/health`).catch(() => undefined))?.status;
  await expect.poll(isUp).toBe(200);
  return {
    url,
    async stop() {
      child.kill();
      await exited;
    },
  };
}

/** Names of containers have no address here, and Docker's resolver is not there. */
function configurationFor(port: number, ports: readonly number[]): string {
  const servers = ports.map((each, index) => `  server replica-${index} 127.0.0.1:${each}`);
  const text = readFileSync(CONFIGURATION, 'utf8');
  expect(text).toMatch(REPLICAS);
  return text
    .replace(/^resolvers docker\n(?: .*\n|\n)*/m, '')
    .replace(/^(?:frontend one|backend server)\n(?: .*\n|\n)*/gm, '')
    .replace(' init-addr none resolvers docker', '')
    .replace('bind :8082', `bind 127.0.0.1:${port}`)
    .replace(REPLICAS, servers.join('\n'));
}
