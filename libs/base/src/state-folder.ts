import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for what this server keeps between two starts.
 * Source: https://specifications.freedesktop.org/basedir/latest/
 * @param xdgStateHome the value of `XDG_STATE_HOME`, empty if it is not set
 */
export function stateFolder(xdgStateHome: string): string {
  return join(xdgStateHome || join(homedir(), '.local', 'state'), 'skyflo-mcp');
}
