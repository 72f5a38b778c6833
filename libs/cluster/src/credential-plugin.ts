import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What a plugin gives: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
export interface CredentialStatus {
  token?: string;
  clientCertificateData?: string;
  clientKeyData?: string;
  /** RFC 3339; good until it is refused if left out. */
  expirationTimestamp?: string;
}

export interface PluginCommand {
  command: string;
  args: readonly string[];
  /** Added to the server's own environment. */
  env: Readonly<Record<string, string>>;
}

/**
 * Runs a credential plugin (the `exec` of a kubeconfig) to its end, without stdin.
 * @param signal ends the plugin, and all that it has started, when it aborts
 * @throws Error with what the plugin said on stderr
 */
export async function askPlugin(
  { command, args, env }: PluginCommand,
  signal: AbortSignal,
): Promise<CredentialStatus> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what the plugin starts ends with it.
    detached: true,
  });
  const end = () => endGroup(child);
  signal.addEventListener('abort', end, { once: true });
  process.once('exit', end);
  try {
    const [[exitCode], output, complaint] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    if (exitCode !== 0) {
      throw new Error(complaint.trim() || `${command} ended with exit code ${exitCode}`);
    }
    return statusOf(output, command);
  } finally {
    signal.removeEventListener('abort', end);
    process.off('exit', end);
  }
}

/** What was printed is not passed on: it may hold a credential. */
function statusOf(output: string, command: string): CredentialStatus {
  let status: unknown;
  try {
    ({ status } = JSON.parse(output) as { status?: unknown });
  } catch {
    // Told below.
  }
  if (typeof status !== 'object' || status === null) {
    throw new Error(`${command} printed no ExecCredential with a status`);
  }
  return status;
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
