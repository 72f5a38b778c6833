import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '#sandbox';
import { codeBlocks } from './support/code-blocks.js';
import { freePort } from './support/free-port.js';
import { SERVER_BIN } from './support/server-process.js';

/** Pages whose commands have a spec of their own. */
const OWN_SPECS: Record<string, string> = {
  'docs/install.md': 'test/docs-install.e2e-spec.ts',
  'docs/command-line.md': 'test/command-line.e2e-spec.ts',
  'docs/client.md': 'test/package.e2e-spec.ts',
};

/** Commands that are run by another spec, or need what is not on a machine without Docker. */
const NOT_HERE: readonly (readonly [RegExp, string])[] = [
  [/^npm run quickstart$/, 'runs before all others'],
  [/^npm pack\b|^npx -y -p /, 'test/package.e2e-spec.ts'],
  [/^npx @modelcontextprotocol\/inspector/, 'npm run docs:clients'],
  [/^npm run (release:|--silent release:)/, 'test/mcpb.e2e-spec.ts'],
  [/audit verify .*--checkpoints/, 'test/audit-tampering.e2e-spec.ts'],
  [/^claude mcp add /, 'Claude Code'],
  [/^docker /, 'Docker'],
  [/^(cosign|gh|npm audit signatures|sha256sum)\b/, 'a release'],
  [/^(sqlite3|pg_dump) /, 'the tools of the database'],
];

const PAGES = ['README.md', ...globSync('docs/*.md')].filter((page) => !(page in OWN_SPECS));
const STARTED_MS = 120_000;

/**
 * `npm start` builds and serves until somebody ends it. Here it serves until it listens, on any
 * port.
 */
const PRELUDE = `
npm() {
  [ "$1" = start ] || { command npm "$@"; return; }
  local log; log=$(mktemp)
  PORT=0 skyflo-mcp 2> "$log" & local pid=$!
  for _ in $(seq 600); do grep -q 'Listening on' "$log" && break; kill -0 $pid || break; sleep 0.1; done
  grep -q 'Listening on' "$log" || { cat "$log" >&2; return 1; }
  kill $pid; wait $pid
}
`;

interface Block {
  page: string;
  script: string;
  /** Variables for it. */
  set: string;
}

/** The commands of each block of a page, with what the blocks before have set. */
function blocksIn(page: string): Block[] {
  const set: string[] = [];
  return codeBlocks(page, 'bash').flatMap((text) => {
    const lines = text.replaceAll(/\\\n\s*/g, ' ').split('\n');
    const commands = lines.filter((line) => !NOT_HERE.some(([pattern]) => pattern.test(line)));
    const script = commands.join('\n');
    if (!/^[^#\n]/m.test(script)) return [];
    const block = { page, script, set: set.join('\n') };
    set.push(...commands.filter((line) => /^[A-Z_]+=(?:\S+|'.*'|".*")$/.test(line)));
    return [block];
  });
}

const home = mkdtempSync(join(tmpdir(), 'docs-commands-'));
const cwd = join(home, 'work');
let env: Record<string, string>;
let port: string;
let quickstart: ChildProcess;
let printed = '';

beforeAll(async () => {
  port = String(await freePort());
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  env = { HOME: home, XDG_CACHE_HOME: cache, XDG_STATE_HOME: '', PORT: port };
  quickstart = spawn(process.execPath, ['dist/apps/sandbox/src/quickstart.js'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  quickstart.stdout!.on('data', (text: Buffer) => (printed += text.toString()));
  quickstart.stderr!.on('data', (text: Buffer) => (printed += text.toString()));
  const isTold = () => printed.includes('curl -s http');
  await waitFor(isTold, { what: 'the quickstart', timeoutMs: STARTED_MS });
  mkdirSync(join(cwd, 'bin'), { recursive: true });
  symlinkSync(SERVER_BIN, join(cwd, 'bin/skyflo-mcp'));
  const { stdout } = await sandbox('env');
  for (const [, name = '', value = ''] of stdout.matchAll(/^export (\w+)='(.*)'$/gm)) {
    env[name] = value;
  }
  copyFileSync(env['KUBECONFIG']!, join(cwd, 'prod.yaml'));
  env['PATH'] = [join(cwd, 'bin'), env['PATH']].join(delimiter);
});

afterAll(async () => {
  quickstart.kill('SIGINT');
  await once(quickstart, 'exit');
  await sandbox('down', '--purge');
  rmSync(home, { recursive: true, force: true });
});

function sandbox(...words: string[]) {
  return execa(process.execPath, [resolve('dist/apps/sandbox/src/main.js'), ...words], { env });
}

/**
 * Runs a script as it stands, but for the port, and for an `ID`, which is that of the last key.
 * `npx` would look for the package in the registry.
 */
function run(script: string) {
  const text = script
    .replaceAll('localhost:8081', `localhost:${port}`)
    .replaceAll('npx skyflo-mcp', 'skyflo-mcp')
    .replaceAll(/\bID$/gm, '"$(skyflo-mcp key list | tail -1 | cut -d" " -f1)"');
  return execa('bash', ['-ec', `${PRELUDE}\n${text}`], { cwd, env, reject: false });
}

describe('a newcomer', () => {
  it('is told a call to try, which works', async () => {
    const [call = ''] = /curl -s http.*/.exec(printed) ?? [];
    const { stdout } = await run(call);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'success' });
  });

  it.each(PAGES.flatMap(blocksIn))('can run what $page says: $script', async ({ script, set }) => {
    const { exitCode, stdout, stderr } = await run(`${set}\n${script}`);
    expect([exitCode, stderr]).toEqual([0, expect.anything()]);
    expect(stdout).not.toMatch(/"code":|"status":"error"/);
  });
});

it('finds commands, and a spec for each page that is not here', () => {
  expect(PAGES.flatMap(blocksIn).length).toBeGreaterThan(10);
  const all = [...Object.values(OWN_SPECS), ...NOT_HERE.map(([, by]) => by)];
  const specs = all.filter((by) => by.startsWith('test/'));
  expect(specs.filter((spec) => !existsSync(spec))).toEqual([]);
});
