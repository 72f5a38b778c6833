import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import type { RunningServer } from './server.js';

const run = promisify(execFile);

/** An entry as the route shows it. */
export interface Entry {
  chain: string;
  seq: number;
  time: string;
  kind: string;
  door: string;
  tool: string;
  principal: { id: string; name: string };
  arguments?: Record<string, unknown>;
  decision: string;
  rule?: string;
  outcome?: string;
  code?: string;
  status?: number;
  lost?: number;
  intent?: { chain: string; seq: number };
  objects?: Record<string, unknown>[];
  executionId?: string;
}

/** Where the audit of a spec file is kept. To be used in hooks and tests only. */
export interface AuditFiles {
  readonly folder: string;
  /** The database. */
  readonly file: string;
  /** Variables of a server that keeps its audit there. */
  readonly env: Record<string, string>;
}

/** Gives the tests of a file a folder for the audit. */
export function useAuditFiles(): AuditFiles {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'audit-spec-'))));
  afterAll(() => rm(folder, { recursive: true }));
  const file = () => join(folder, 'executions.db');
  return {
    get folder() {
      return folder;
    },
    get file() {
      return file();
    },
    get env() {
      return {
        EXECUTIONS_FILE: file(),
        AUDIT_KEY_FILE: join(folder, 'audit.key'),
        SHUTDOWN_GRACE_SECONDS: '1',
      };
    },
  };
}

/** The entries of a server, newest first. */
export async function entriesOf(
  { url }: Pick<RunningServer, 'url'>,
  filter: Record<string, string> = {},
): Promise<Entry[]> {
  const query = new URLSearchParams({ limit: '200', ...filter }).toString();
  const response = await fetch(`${url}/engine/v1/audit?${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { entries: Entry[] }).entries;
}

/** The entries of one call, oldest first, once there are so many. */
export async function entriesFor(
  server: Pick<RunningServer, 'url'>,
  executionId: string,
  count: number,
): Promise<Entry[]> {
  const all = async () =>
    (await entriesOf(server)).filter((entry) => entry.executionId === executionId).toReversed();
  await expect.poll(async () => (await all()).length).toBe(count);
  return all();
}

/** `skyflo-mcp audit verify`. */
export async function verifyAudit(env: Record<string, string>, ...args: string[]) {
  const options = { env: { ...process.env, ...env } };
  try {
    const { stdout } = await run(
      'node',
      ['bin/skyflo-mcp.js', 'audit', 'verify', ...args],
      options,
    );
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout: stdout + stderr };
  }
}
