import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './support/server.js';

const CLI = new URL('../node_modules/.bin/conformance', import.meta.url).pathname;

/*
 * The scenarios of the public suite that say something about a server whose tools are its own. All
 * others call tools, read resources or get prompts of the suite's reference server
 * (test_simple_text, test://static-text, ...): tools-call-*, json-schema-2020-12,
 * completion-complete, elicitation-*, server-sse-polling,
 * http-custom-header-server-validation and input-required-result-* but the one below; tasks-* and
 * sep-2640-* test extensions that this server does not have. resources-*, prompts-* and
 * sep-2164-resource-not-found are for servers that have resources or prompts. This one has none.
 */
const SCENARIOS = {
  '2025-06-18': [
    'server-initialize',
    'server-session-lifecycle',
    'logging-set-level',
    'ping',
    'tools-list',
  ],
  '2025-11-25': [
    'server-initialize',
    'server-session-lifecycle',
    'logging-set-level',
    'ping',
    'tools-list',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
  ],
  '2026-07-28': [
    'server-stateless',
    'tools-list',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
    'caching',
    'http-header-validation',
    'input-required-result-unsupported-methods',
  ],
};

/** Checks of those scenarios that ask for what only the reference server has. */
const FOREIGN_CHECKS: Record<string, string[]> = {
  // Tools such as test_missing_capability. Here they are unknown, which is an error.
  'server-stateless': [
    'sep-2575-http-server-no-independent-requests-on-stream',
    'sep-2575-missing-capability-http-400',
    'sep-2575-server-no-log-without-loglevel',
    'sep-2575-server-rejects-undeclared-capability',
  ],
  // Prompts and resources.
  caching: [
    'sep-2549-prompts-list-caching-hints',
    'sep-2549-resources-list-caching-hints',
    'sep-2549-resources-templates-list-caching-hints',
  ],
};

let server: RunningServer;
let results: string;

beforeAll(async () => {
  server = await startServer();
  results = await mkdtemp(join(tmpdir(), 'conformance-'));
});

afterAll(async () => {
  await server.stop();
  await rm(results, { recursive: true });
});

describe.each(Object.entries(SCENARIOS))('MCP %s', (version, scenarios) => {
  it.each(scenarios)('conforms: %s', async (scenario) => {
    const report = await runScenario(scenario, version);
    expect(report).toMatch(/\[\S+ *\] SUCCESS/);
    expect(checksThat('(FAILURE|WARNING)', report)).toEqual(FOREIGN_CHECKS[scenario] ?? []);
  });
});

/** Runs one scenario and gives the suite's report, a line a check. */
function runScenario(scenario: string, version: string): Promise<string> {
  const args = ['server', '--url', `${server.url}/mcp`, '--scenario', scenario];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, ...args, '--spec-version', version, '--output-dir', results],
      (_failed, stdout, stderr) => resolve(stripVTControlCharacters(stdout + stderr)),
    );
  });
}

function checksThat(outcome: string, report: string): string[] {
  const line = new RegExp(`\\[(\\S+) *\\] ${outcome}`, 'g');
  return [...report.matchAll(line)].map(([, check]) => check ?? '').sort();
}
