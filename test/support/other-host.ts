import { spawnSync } from 'node:child_process';

/**
 * Namespaces of its own: for users, which asks for no right, and for the name of the host
 * (unshare(1)).
 */
const OWN_NAMESPACES = ['--user', '--map-root-user', '--uts'];

/**
 * For `startServer`: runs what stands after it, as the same process, under another name of the
 * host.
 */
export const ON_ANOTHER_HOST: readonly string[] = [
  'unshare',
  ...OWN_NAMESPACES,
  'sh',
  '-c',
  'hostname "$0" && exec "$@"',
  'another-host',
];

/**
 * Whether this machine lets a process have that: Linux alone knows it, and not every container may.
 */
export function hasOtherHosts(): boolean {
  return spawnSync('unshare', [...OWN_NAMESPACES, 'true']).status === 0;
}
