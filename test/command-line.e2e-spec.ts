import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

function useFile(text: string): string {
  const path = join(testSandbox().folder, `config-${randomUUID()}.yaml`);
  writeFileSync(path, text);
  return path;
}

describe('the command', () => {
  it.each(['--help', '-h', 'serve --help'])('says with %s what it can do', (args) => {
    const { status, stdout, stderr } = run(args.split(' '));
    expect([status, stderr]).toEqual([0, '']);
    const words = ['serve', 'check', 'tools', 'key', 'policy', 'audit', '--config'];
    for (const word of [...words, '--stdio', '--read-only', '--version']) {
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

  it.each(['check', 'tools', 'key', 'policy', 'audit'])(
    'says with %s --help how that is used',
    (command) => {
      const { status, stdout } = run([command, '--help']);
      expect(status).toBe(0);
      expect(stdout).toContain(`skyflo-mcp ${command} `);
    },
  );

  it.each(['--version', '-v'])('says its version with %s', (option) => {
    expect(run([option])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['--stdoi', 'There is no option "--stdoi". Nearest: --stdio.'],
    ['serve --port=80', 'There is no option "--port".'],
    ['srve', 'There is no command "srve". Nearest: serve.'],
    ['plicy check', 'There is no command "plicy". Nearest: policy.'],
    ['tools k8s_gte', 'There is no tool "k8s_gte". Nearest: k8s_get.'],
    ['tools --categories=hlem', 'There is no category "hlem". Nearest: helm.'],
    ['tools --jsn', 'There is no option "--jsn". Nearest: --json.'],
    ['check --contxt x', 'There is no option "--contxt". Nearest: --context.'],
    ['key nw', 'Nearest: new.'],
    ['key new --principl a', 'There is no option "--principl". Nearest: --principal.'],
    ['policy chek', 'There is no command "chek". Nearest: check.'],
    ['audit verfy', 'Nearest: verify.'],
    ['--config', '--config needs a file'],
  ])('refuses "%s", names the nearest, and ends with 2', (args, message) => {
    const { status, stdout, stderr } = run(args.split(' '));
    expect(status).toBe(2);
    expect(stdout + stderr).toContain(message);
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

  it('reads a file, after the environment', () => {
    const path = useFile('PORT: 70000\nMAX_RUNNING: many\nPOLICY_FIL: admin\nHOST: "::1"\n');
    const said = expectOneLine(run(['serve', '--config', path], { PORT: 'eighty' }));
    expect(said).toBe(
      `Bad configuration. There is no setting "POLICY_FIL" (${path}:3). Nearest: POLICY_FILE. ` +
        `MAX_RUNNING must be a whole number, at least 1, not the text "many" (${path}:2). ` +
        'PORT must be a whole number, 0 to 65535, not "eighty" (environment).',
    );
  });

  it('never shows a value that holds a credential', () => {
    const path = useFile('DATABASE_URL: mysql://me:hunter2@db\nPUBLIC_URL: http://a:hunter2@b\n');
    const { stderr } = run(['serve'], { CONFIG_FILE: path });
    expect(stderr).toContain(`DATABASE_URL must be a URL that begins with \`postgres://\``);
    expect(stderr).not.toContain('hunter2');
  });

  it('tells of a file that is not there', () => {
    const said = expectOneLine(run(['--config=/nowhere.yaml']));
    expect(said).toContain('The configuration file /nowhere.yaml does not exist.');
  });

  it('lists the tools without a cluster', () => {
    const nothing = { KUBECONFIG: 'none', PATH: dirname(process.execPath) };
    const { stdout } = run(['tools', '--read-only', '--categories', 'k8s'], nothing);
    const rows = stdout.trim().split('\n');
    expect(rows[0]).toMatch(/^TOOL +EFFECT +CATEGORY +WHAT IT DOES$/);
    expect(rows.slice(1).every((row) => /^\w+ +Read-only +k8s +\w/.test(row))).toBe(true);
    expect(rows.length).toBeGreaterThan(10);
    expect(run(['tools', 'k8s_scale'], nothing).stdout).toMatch(
      /PARAMETER[^]*replicas +an integer from 0[^]*\n\nExample: \{"name"/,
    );
    const tools = JSON.parse(run(['tools', '--json'], nothing).stdout) as { name: string }[];
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['helm_status', 'execution_wait', 'argo_status']),
    );
    expect(run(['tools', '--markdown'], nothing).stdout).toMatch(/^# Tools\n/);
  });

  const page = readFileSync('docs/command-line.md', 'utf8');
  const blocks = [...page.matchAll(/```text\n\$ skyflo-mcp ([^\n]+)\n([^]*?)```/g)]
    .map(([, command = '', output = '']) => ({ command, output }))
    // Keys and health are of a server; their specs are elsewhere.
    .filter(({ command }) => !/^(key|check)/.test(command));

  it.each(blocks)('prints for "$command" what the page says', ({ command, output }) => {
    const { stdout, stderr } = run(command.split(' '));
    expect(stdout || stderr).toBe(output);
  });

  it('is shown on the page', () => {
    expect(blocks.length).toBeGreaterThan(3);
  });

  it.skipIf(oldNode() === undefined)('says which Node.js it needs to an older one', () => {
    const { status, stderr } = spawnSync(oldNode()!, [SERVER_BIN, '--version'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^skyflo-mcp needs Node\.js 24\.\d+\.\d+ or newer\. This is v\d+/);
  });
});
