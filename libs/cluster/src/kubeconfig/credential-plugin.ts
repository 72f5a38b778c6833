import { isRecord } from '#base';
import type { Programs, RunResult } from '#cli';
import { ToolError } from '#tools';

/** Characters that a plugin may print. A credential has a few thousand. */
const MAX_OUTPUT_CHARS = 1_000_000;

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
 * @throws PluginFailure; the signal's reason when it aborts
 */
export async function askPlugin(
  programs: Programs,
  { command, args, env }: PluginCommand,
  signal: AbortSignal,
): Promise<CredentialStatus> {
  let result: RunResult;
  try {
    result = await programs.run(command, args, {
      signal,
      env,
      isTrusted: true,
      maxOutputChars: MAX_OUTPUT_CHARS,
      graceMs: 0,
      // A program that has a place may wait for these credentials.
      needsPlace: false,
    });
  } catch (error) {
    if (error instanceof ToolError) throw notStarted(error);
    throw error;
  }
  const failure = failureOf(result);
  if (failure !== undefined) throw new PluginFailure(failure, result.stderr);
  return statusOf(result);
}

/** What is wrong with how a plugin ended. */
function failureOf({ exitCode, endedBy, isCut }: RunResult): string | undefined {
  if (isCut) return `printed more than ${MAX_OUTPUT_CHARS} characters`;
  if (endedBy !== undefined) return 'was ended by a signal';
  return exitCode === 0 ? undefined : `ended with exit code ${exitCode}`;
}

/** The message of the original error has no arguments of the plugin in it. */
function notStarted({ cause }: ToolError): PluginFailure {
  const { code = '', originalMessage } = cause as { code?: string; originalMessage?: string };
  return new PluginFailure(`could not be started (${code})`, originalMessage);
}

/** What the plugin printed stays out of the failure: it may hold a credential. */
function statusOf({ stdout, stderr }: RunResult): CredentialStatus {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    answer = undefined;
  }
  if (!isRecord(answer) || !isRecord(answer['status'])) {
    throw new PluginFailure('printed no ExecCredential with a status', stderr);
  }
  return answer['status'];
}
