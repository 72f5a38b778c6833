import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOREIGN_CHECKS, NOT_APPLICABLE, PASSES } from './support/conformance.js';
import { startServer, type RunningServer } from './support/server.js';

const CLI = new URL('../node_modules/.bin/conformance', import.meta.url).pathname;

interface Check {
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
}

/** What the suite checked, by the name of the scenario. */
type Report = ReadonlyMap<string, readonly Check[]>;

const VERSIONS = Object.keys(PASSES);
const LISTED = Object.values(NOT_APPLICABLE).flat();

let server: RunningServer;
let folder: string;
/** The versions of the protocol that each scenario of the suite is for. */
let scenarios: ReadonlyMap<string, readonly string[]>;
/** By the version of the protocol. That of `''` has the scenarios of extensions. */
let reports: ReadonlyMap<string, Report>;

beforeAll(async () => {
  server = await startServer();
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  scenarios = scenariosIn(await run('list', '--server'));
  const runs = ['', ...VERSIONS].map(
    async (version) => [version, await reportOf(version)] as const,
  );
  reports = new Map(await Promise.all(runs));
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

describe.each(VERSIONS)('MCP %s over Streamable HTTP', (version) => {
  const passing = PASSES[version]!;

  it.each(passing)('conforms: %s', (scenario) => {
    const checks = reports.get(version)?.get(scenario) ?? [];
    expect([scenario, wrongOf(checks)]).toEqual([scenario, FOREIGN_CHECKS[scenario] ?? []]);
    expect(hasSucceeded(checks)).toBe(true);
  });

  it('has a list for each scenario, and one that passes is not one that does not apply', () => {
    const known = [...scenarios].filter(([, versions]) => versions.includes(version));
    const names = known.map(([name]) => name);
    expect(names.filter((name) => !passing.includes(name) && !LISTED.includes(name))).toEqual([]);
    expect(passing.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !passing.includes(name) && passes(version, name))).toEqual([]);
    expect([...reports.get(version)!.keys()].toSorted()).toEqual(names.toSorted());
  });
});

describe('extensions', () => {
  it('do not apply, as this server has none', () => {
    const extensions = [...scenarios].filter(([, versions]) => versions.includes('extension'));
    const names = extensions.map(([name]) => name);
    expect(names.filter((name) => !LISTED.includes(name))).toEqual([]);
    expect(names.filter((name) => !reports.get('')!.has(name))).toEqual([]);
    expect(names.filter((name) => passes('', name))).toEqual([]);
  });
});

it('lists no scenario that the suite does not have, and none twice', () => {
  expect(LISTED.filter((name) => !scenarios.has(name))).toEqual([]);
  expect(LISTED).toEqual([...new Set(LISTED)]);
});

/** The names of the checks that failed, or that the suite warns of. */
function wrongOf(checks: readonly Check[]): string[] {
  const wrong = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  return [...new Set(wrong.map(({ id }) => id))].toSorted();
}

/** Whether a check says more than that the messages are of the form that the protocol asks for. */
function hasSucceeded(checks: readonly Check[]): boolean {
  return checks.some(({ id, status }) => status === 'SUCCESS' && id !== 'wire-schema-valid');
}

function passes(version: string, scenario: string): boolean {
  const checks = reports.get(version)?.get(scenario) ?? [];
  return hasSucceeded(checks) && wrongOf(checks).length === 0;
}

/** Runs all scenarios of a version in one process. Without a version, those that are pending. */
async function reportOf(version: string): Promise<Report> {
  const output = join(folder, version === '' ? 'pending' : version);
  const suite = version === '' ? ['pending'] : ['all', '--spec-version', version];
  await run('server', '--url', `${server.url}/mcp`, '--output-dir', output, '--suite', ...suite);
  const files = globSync('server-*/checks.json', { cwd: output });
  return new Map(
    files.map((file) => {
      const [, scenario = ''] = /^server-(.*)-\d{4}-\d\d-\d\dT/.exec(file) ?? [];
      return [scenario, JSON.parse(readFileSync(join(output, file), 'utf8')) as Check[]];
    }),
  );
}

/** What the suite says about its scenarios: `  - tools-list [2025-06-18,2025-11-25]`. */
function scenariosIn(list: string): ReadonlyMap<string, readonly string[]> {
  const lines = list.matchAll(/^ +- (\S+) \[(.*)\]$/gm);
  return new Map([...lines].map(([, name = '', versions = '']) => [name, versions.split(',')]));
}

/** What the suite prints. It ends with 1 if a scenario fails. */
function run(...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [CLI, ...args], options, (_failed, stdout) => resolve(stdout));
  });
}
