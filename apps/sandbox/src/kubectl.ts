import { join } from 'node:path';
import { execa } from 'execa';
import { sandboxEnvironment } from './credentials.js';
import type { ClusterLayout } from './record.js';

export interface RunOptions {
  input?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** Runs one of the sandbox's programs against it and gives what it prints. */
export async function runProgram(
  layout: ClusterLayout,
  program: 'kubectl' | 'helm',
  args: string[],
  { input, signal, timeoutMs = 60_000 }: RunOptions = {},
): Promise<string> {
  const { stdout } = await execa(join(layout.binDir, program), args, {
    env: sandboxEnvironment(layout),
    input,
    cancelSignal: signal,
    timeout: timeoutMs,
  });
  return stdout;
}

/**
 * Applies objects as `kubectl apply` does by default, as users do: the last-applied annotation is
 * set. Validation in kubectl is left out because it fetches the whole OpenAPI document first.
 */
export async function applyObjects(
  layout: ClusterLayout,
  objects: unknown[],
  options: RunOptions = {},
): Promise<void> {
  const input = objects.map((object) => JSON.stringify(object)).join('\n');
  const args = ['apply', '--validate=false', '-f', '-'];
  await runProgram(layout, 'kubectl', args, { ...options, input });
}

/** Applies files on the server's side, as fits large objects such as definitions of resources. */
export async function applyFiles(
  layout: ClusterLayout,
  files: string[],
  options: RunOptions = {},
): Promise<void> {
  const sources = files.flatMap((file) => ['-f', file]);
  const args = ['apply', '--server-side', '--force-conflicts', '--validate=false', ...sources];
  await runProgram(layout, 'kubectl', args, options);
}
