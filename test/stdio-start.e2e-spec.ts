import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { initialize } from './support/mcp-session.js';
import { SERVER_BIN } from './support/server-process.js';
import { testSandbox } from './support/sandbox.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stdio-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the server over stdio with an audit file, and sends one message and the end. */
function serve(auditFile: string) {
  const { status, stdout, stderr } = spawnSync(SERVER_BIN, ['--stdio'], {
    env: { ...process.env, ...testSandbox().env, XDG_STATE_HOME: folder, AUDIT_FILE: auditFile },
    input: `${JSON.stringify(initialize())}\n`,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

it('does not start over stdio with an audit on stdout, and says what to set', () => {
  const { status, stdout, stderr } = serve('-');
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/AUDIT_FILE=- cannot be used with --stdio.*Set AUDIT_FILE to the path/);
});

it('starts over stdio with an audit in a file', () => {
  const { status, stdout } = serve(join(folder, 'audit.jsonl'));
  const [line = ''] = stdout.split('\n');
  expect([status, JSON.parse(line)]).toMatchObject([0, { id: 0, result: {} }]);
});
