import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect } from 'vitest';
import { testSandbox } from './sandbox.js';
import { SERVER_BIN } from './server-process.js';

/** What `check --json` has found. */
export interface Check {
  area: string;
  name: string;
  state: 'ok' | 'note' | 'failed';
  says: string;
  todo?: string;
}

/** The commands of the program, with a folder for the tests of a file. */
export function useCheck() {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(testSandbox().folder, 'check-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const inFolder = (...names: string[]) => join(folder, ...names);

  /** Runs a command on a state of its own. This process stays able to answer it. */
  const run = async (args: string[], env: Record<string, string> = {}) => {
    const own = { EXECUTIONS_FILE: '', XDG_STATE_HOME: inFolder('state') };
    const child = spawn(SERVER_BIN, args, {
      env: { ...process.env, ...testSandbox().env, ...own, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  };

  /** Runs `check`, whose exit code must fit what it has found. */
  const check = async (env: Record<string, string> = {}, ...args: string[]) => {
    const { code, stdout, stderr } = await run(['check', '--json', ...args], env);
    expect(stderr).toBe('');
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
    expect(code).toBe(ok ? 0 : 1);
    const crosses = checks.filter(({ state }) => state === 'failed');
    expect(ok).toBe(crosses.length === 0);
    return { stdout, checks, crosses };
  };

  /** Writes a file. @returns its path */
  const file = (name: string, content: string) => {
    const path = inFolder(name);
    writeFileSync(path, content);
    return path;
  };
  return { run, check, file, inFolder };
}
