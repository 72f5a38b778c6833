import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from './paths.js';
import { isFree } from './ports.js';
import { terminalReporter } from './reporter.js';
import { startSandbox } from './sandbox.js';
import { waitFor } from './wait.js';

/*
 * A sandbox and a server on it, for somebody who wants to see the product. Ctrl-C ends the server;
 * the sandbox stays for the next time.
 */

const port = process.env['PORT'] ?? '8081';
const origin = `http://localhost:${port}`;
const report = terminalReporter();
const cancel = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => cancel.abort(new Error(`Stopped by ${signal}.`)));
}

try {
  await run();
} catch (error) {
  report.line(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function run(): Promise<void> {
  if (!(await isFree(Number(port)))) {
    throw new Error(`Port ${port} is taken. Choose another: PORT=8082 npm run quickstart`);
  }
  const { signal } = cancel;
  const sandbox = await startSandbox({ name: 'dev', report, signal });
  report.state('Starting the server');
  const server = execa(join(packageRoot(), 'bin', 'skyflo-mcp.js'), {
    env: sandbox.env,
    stdio: ['ignore', 'ignore', 'inherit'],
    cancelSignal: signal,
    reject: false,
  });
  const ended = new AbortController();
  void server.then(() => ended.abort(new Error('The server ended before it was ready.')));
  await waitFor(isServing, { what: 'the server', timeoutMs: 30_000, signal: ended.signal });
  report.line(welcome(await readFile(tokenFile(), 'utf8')));
  await server;
  report.line('The server has ended. The sandbox still runs: npm run sandbox -- status | down');
}

async function isServing(): Promise<boolean> {
  try {
    return (await fetch(`${origin}/health`)).ok;
  } catch {
    return false;
  }
}

/** The file by which programs on this machine prove themselves to the server. */
function tokenFile(): string {
  const state = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(state, 'skyflo-mcp', 'loopback-token');
}

function welcome(token: string): string {
  const body = JSON.stringify({ resource_type: 'pods', namespace: 'shop' });
  return `
  Swagger UI   ${origin}/docs#token=${token.trim()}
  MCP          ${origin}/mcp
  REST         ${origin}/engine/v1/tools
  Token        ${tokenFile()}

Try it, in another terminal:

  curl -s ${origin}/engine/v1/tools/k8s/k8s_get/execute -H "authorization: Bearer $(cat ${tokenFile()})" -H 'content-type: application/json' -d '${body}'

Ctrl-C ends the server. The cluster goes on until: npm run sandbox -- down
`;
}
