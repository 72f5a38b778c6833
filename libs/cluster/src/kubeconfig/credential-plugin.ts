import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { watchdog } from '#base';

/**
 * What a plugin gives: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 */
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
 * Why credentials could not be had. What the plugin said itself may hold a credential: it is for
 * the log alone.
 */
export class PluginFailure extends Error {
  override readonly name = 'PluginFailure';

  constructor(
    message: string,
    readonly said = '',
  ) {
    super(message);
  }
}

/**
 * Runs a credential plugin (the `exec` of a kubeconfig) to its end, without stdin.
 * @param signal ends the plugin, and all that it has started, when it aborts
 * @throws PluginFailure
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
  if (child.pid !== undefined) watchdog.add(child.pid);
  try {
    const [[exitCode], output, complaint] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    if (exitCode !== 0) {
      const how = exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
      throw new PluginFailure(how, complaint);
    }
    return statusOf(output, complaint);
  } catch (error) {
    if (error instanceof PluginFailure) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new PluginFailure(`could not be started (${code})`, message);
  } finally {
    signal.removeEventListener('abort', end);
    if (child.pid !== undefined) watchdog.remove(child.pid);
  }
}

/** What was printed is not passed on: it may hold a credential. */
function statusOf(output: string, complaint: string): CredentialStatus {
  let status: unknown;
  try {
    ({ status } = JSON.parse(output) as { status?: unknown });
  } catch {
    // Told below.
  }
  if (typeof status !== 'object' || status === null) {
    throw new PluginFailure('printed no ExecCredential with a status', complaint);
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
