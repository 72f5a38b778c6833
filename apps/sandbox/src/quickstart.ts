import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { terminalReporter } from './reporter.js';
import { openSandbox, startSandbox, type Sandbox } from './sandbox.js';

const NAME = 'dev';
const SERVER = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'bin', 'skyflo-mcp.js');

/** Starts the sandbox and a server on it, says how to try it, and ends what it started on Ctrl-C. */
async function quickstart(): Promise<void> {
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => cancel.abort(new Error(`Stopped by ${signal}.`)));
  }
  const report = terminalReporter();
  // A sandbox that somebody else has started is not ours to stop.
  const isOurs = !(await openSandbox(NAME)?.isUp());
  const sandbox = await startSandbox({ name: NAME, report, signal: cancel.signal });
  try {
    await serve(sandbox, cancel.signal);
  } finally {
    if (isOurs) {
      report.line('Stopping the sandbox...');
      await sandbox.stop();
    }
  }
}

async function serve(sandbox: Sandbox, cancelled: AbortSignal): Promise<void> {
  const server = spawn(SERVER, {
    env: { ...process.env, ...sandbox.env },
    stdio: ['ignore', 'inherit', 'pipe'],
    // Ctrl-C reaches the whole group of the terminal: only we decide when the server ends.
    detached: true,
  });
  const exited = once(server, 'exit');
  const stop = () => server.kill('SIGTERM');
  cancelled.addEventListener('abort', stop, { once: true });
  if (cancelled.aborted) stop();
  createInterface({ input: server.stderr }).on('line', (line) => {
    const url = /Listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
    process.stderr.write(url ? welcome(url, sandbox) : `${line}\n`);
  });
  const [code] = (await exited) as [number | null];
  if (!cancelled.aborted) process.exitCode = code ?? 1;
}

function welcome(listening: string, { kubeconfig }: Sandbox): string {
  const url = listening.replace('127.0.0.1', 'localhost');
  const host = url.replace('http://', '');
  return `
Skyflo MCP is running on a demo cluster.

  Swagger UI   ${url}/docs
  MCP          ${url}/mcp
  kubeconfig   ${kubeconfig}

Try it:

  curl -s ${host}/engine/v1/tools/k8s/k8s_get/execute -H 'content-type: application/json' -d '{"resource_type":"pods","namespace":"shop"}'

Ctrl-C ends it.

`;
}

quickstart().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
