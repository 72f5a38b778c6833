import { ToolError } from '#tools';

/**
 * How client-go reports that it got no credentials from the plugin of a kubeconfig. The stderr of
 * the plugin comes before it.
 */
const FAILED = /getting credentials: (?:[^\n]*failed with exit code (\d+))?/;

/**
 * The failure of a program that got no credentials. It leaves out the output of the credential
 * plugin, which may hold a credential.
 * @returns undefined for any other failure
 */
export function credentialFailure(program: string, stderr: string): ToolError | undefined {
  const [found, exitCode] = FAILED.exec(stderr) ?? [];
  if (found === undefined) return undefined;
  const end = exitCode === undefined ? 'gave none' : `ended with exit code ${exitCode}`;
  const message = `${program} got no credentials: the credential plugin of the context ${end}.`;
  return new ToolError('unavailable', message);
}
