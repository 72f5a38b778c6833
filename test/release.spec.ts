import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const run = promisify(execFile);
const json = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as unknown;

/** Checks workflows and the shell in them. Built once, where there is Go. */
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
const BUILD_LIMIT_MS = 300_000;

interface Registry {
  packages: { environmentVariables: { name: string }[] }[];
}
interface Job {
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}
interface Workflow {
  permissions: Record<string, string>;
  concurrency: unknown;
  jobs: Record<string, Job>;
}

describe('server.json', () => {
  it('is as the MCP registry wants it', () => {
    const schema = json('test/fixtures/schemas/mcp-server.schema.json') as object;
    // Not of the strict mode: the schema has examples and formats.
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(json('server.json'));
    expect(validate.errors).toBeNull();
  });

  it('names settings that there are', () => {
    const { packages } = json('server.json') as Registry;
    const documented = readFileSync('docs/configuration.md', 'utf8');
    const names = packages.flatMap((one) => one.environmentVariables.map(({ name }) => name));
    expect(names.filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('release:check', () => {
  const files = [
    'package.json',
    'package-lock.json',
    'server.json',
    'CHANGELOG.md',
    'charts/skyflo-mcp/Chart.yaml',
  ];
  const program = resolve('release/check.ts');
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'release-spec-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const check = (...args: string[]) =>
    run('node', [program, ...args], { cwd: folder }).then(
      ({ stdout }) => stdout,
      ({ stderr }: { stderr: string }) => stderr,
    );

  it('finds the files of this checkout in step', async () => {
    const { stdout } = await run('node', [program]);
    expect(stdout).toMatch(/^All files name \d+\.\d+\.\d+\.\n$/);
  });

  it('names each file that is not, and a version without its changes', async () => {
    for (const file of files) cpSync(file, join(folder, file));
    const server = readFileSync('server.json', 'utf8').replaceAll(/\d+\.\d+\.\d+"/g, '0.0.1"');
    writeFileSync(join(folder, 'server.json'), server);
    const faults = (await check('v9.9.9')).trim().split('\n');
    expect(faults.map((line) => line.replaceAll(/\d+\.\d+\.\d+/g, 'N'))).toEqual([
      'server.json has N, not N.',
      'The npm package of server.json has N, not N.',
      'The oci package of server.json has N, not N.',
      'The tag has vN, not vN.',
      ...((await hasHeading()) ? [] : ['CHANGELOG.md has no heading "## N".']),
    ]);
  });

  async function hasHeading(): Promise<boolean> {
    const { version } = json('package.json') as { version: string };
    return new RegExp(`^## ${version}( |$)`, 'm').test(readFileSync('CHANGELOG.md', 'utf8'));
  }
});

describe.each(globSync('.github/workflows/*.yml').toSorted())('%s', (file) => {
  const workflow = parse(readFileSync(file, 'utf8')) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  it('uses actions at commits, which nobody can move', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.filter((one) => !/^[\w./-]+@[0-9a-f]{40}$/.test(one))).toEqual([]);
    // One action has one commit, and its version stands beside it.
    const lines = readFileSync(file, 'utf8').match(/uses: .*/g) ?? [];
    expect(lines.filter((line) => !/ # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('gives each job no more rights than it names, and an end', () => {
    expect(Object.values(workflow.permissions).filter((right) => right !== 'read')).toEqual([]);
    expect(workflow.concurrency).toBeDefined();
    expect(jobs.filter(([, job]) => job['timeout-minutes'] === undefined)).toEqual([]);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.every((step) => step.with?.['persist-credentials'] === false)).toBe(true);
  });

  it('puts nothing of an event into shell', () => {
    expect(steps.filter(({ run: shell }) => shell?.includes('${{'))).toEqual([]);
  });

  it('runs scripts that there are', () => {
    const { scripts } = json('package.json') as { scripts: Record<string, string> };
    const called = steps.flatMap(({ run: shell = '' }) =>
      [...shell.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name),
    );
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
    const programs = steps.flatMap(({ run: shell = '' }) => shell.match(/^\.\S+\/\S+/) ?? []);
    expect(programs.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the workflows', () => {
  it('are right by actionlint', { timeout: BUILD_LIMIT_MS }, async ({ skip }) => {
    const bin = join(homedir(), '.cache/skyflo-mcp/actionlint-1.7.12');
    if (!existsSync(join(bin, 'actionlint'))) {
      const env = { ...process.env, GOBIN: bin, GOFLAGS: '-modcacherw' };
      const built = await run('go', ['install', ACTIONLINT], { env }).catch(
        (error: unknown) => error,
      );
      if (built instanceof Error) skip(`actionlint cannot be built: ${built.message}`);
    }
    const { stdout } = await run(join(bin, 'actionlint'), ['-no-color', '-shellcheck=']);
    expect(stdout).toBe('');
  });
});
