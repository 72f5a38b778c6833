import { ToolError } from '#tools';

/**
 * How client-go tells that it got no credentials from the plugin of a kubeconfig. What that wrote
 * on stderr stands before.
 */
const FAILED = /getting credentials: (?:[^\n]*failed with exit code (\d+))?/;

/**
 * The failure of a program that could not get credentials, without what its credential plugin has
 * said: that may hold one.
 * @returns undefined for any other failure
 */
export function credentialFailure(program: string, stderr: string): ToolError | undefined {
  const [found, exitCode] = FAILED.exec(stderr) ?? [];
  if (found === undefined) return undefined;
  const end = exitCode === undefined ? 'gave none' : `ended with exit code ${exitCode}`;
  const message = `${program} got no credentials: the credential plugin of the context ${end}.`;
  return new ToolError('unavailable', message);
}
