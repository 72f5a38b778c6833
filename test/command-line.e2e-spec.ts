import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testSandbox } from './support/sandbox.js';
import { SERVER_BIN } from './support/server-process.js';

const { version, bugs, repository } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  bugs: string;
  repository: { url: string };
};

function run(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(SERVER_BIN, args, {
    env: { ...process.env, ...testSandbox().env, PORT: '0', ...env },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

/** The one line of a log that says why a start failed. */
function expectOneLine({ status, stdout, stderr }: ReturnType<typeof run>): string {
  expect([status, stdout]).toEqual([1, '']);
  const fatal = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string })
    .filter(({ level }) => level === 'fatal' || level === 'error');
  expect(fatal).toHaveLength(1);
  return fatal[0]!.msg;
}

/** A Node.js of this machine that is too old, if there is one. */
function oldNode(): string | undefined {
  const path = '/usr/bin/node';
  try {
    const [major] = execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      .split('.')
      .map(Number);
    return major! < 24 ? path : undefined;
  } catch {
    return undefined;
  }
}

describe('the command', () => {
  it.each(['--help', '-h', 'serve --help'])('says with %s what it can do', (args) => {
    const { status, stdout, stderr } = run(args.split(' '));
    expect([status, stderr]).toEqual([0, '']);
    for (const word of ['serve', 'key', 'policy', 'audit', '--stdio', '--read-only', '--version']) {
      expect(stdout).toContain(word);
    }
  });

  it('says where the documents and the issues are, for readers who have only the package', () => {
    const { stdout } = run(['--help']);
    const [sources] = /https:.*(?=\.git$)/.exec(repository.url)!;
    expect(stdout).toContain(`Documents  ${sources}#readme\n`);
    expect(stdout).toContain(`Issues     ${bugs}\n`);
    expect(stdout).not.toContain('docs/');
  });

  it.each(['key', 'policy', 'audit'])('says with %s --help how that is used', (command) => {
    const { status, stdout } = run([command, '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain(`skyflo-mcp ${command} `);
  });

  it.each(['--version', '-v'])('says its version with %s', (option) => {
    expect(run([option])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['--stdoi', 'There is no option "--stdoi". Nearest: --stdio.'],
    ['serve --port=80', 'There is no option "--port".'],
    ['srve', 'There is no command "srve". Nearest: serve.'],
    ['plicy check', 'There is no command "plicy". Nearest: policy.'],
  ])('refuses "%s" and names the nearest', (args, message) => {
    expect(expectOneLine(run(args.split(' ')))).toContain(message);
  });

  it.each([
    [{ PORT: 'eighty' }, ['PORT must be a whole number, 0 to 65535, not "eighty"']],
    [{ HELM_DRIVER: 'sql' }, ['HELM_DRIVER must be one of secret,', 'not "sql"']],
    [{ HELM_CHARTS_DIR: '/nowhere' }, ['HELM_CHARTS_DIR must be a folder that is there.']],
    [{ EXECUTIONS_FILE: '8081' }, ['EXECUTIONS_FILE must be text, not a number']],
    [{ DATABASE_URL: 'mysql://x' }, ['DATABASE_URL must be a URL that begins with']],
    [
      { PORT: 'eighty', MAX_QUEUED_PER_CALLER: '-1' },
      ['PORT must be', 'MAX_QUEUED_PER_CALLER must be a whole number, at least 0, not "-1"'],
    ],
  ])('tells once, without a stack, what is wrong with %j', (env, messages) => {
    const said = expectOneLine(run(['serve'], env));
    for (const message of messages) expect(said).toContain(message);
  });

  it.skipIf(oldNode() === undefined)('says which Node.js it needs to an older one', () => {
    const { status, stderr } = spawnSync(oldNode()!, [SERVER_BIN, '--version'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^skyflo-mcp needs Node\.js 24\.\d+\.\d+ or newer\. This is v\d+/);
  });
});
