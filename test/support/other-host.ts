import { spawnSync } from 'node:child_process';

/** Namespaces of its own for users, which asks for no right, and for the name of the host (unshare(1)). */
const [UNSHARE, ...FLAGS] = ['unshare', '--user', '--map-root-user', '--uts'] as const;

/** For `startServer`: runs what stands after it under another name of the host, as the same process. */
export const ON_ANOTHER_HOST = [
  UNSHARE,
  ...FLAGS,
  ...['sh', '-c', 'hostname "$0" && exec "$@"', 'another-host'],
];

/** Whether this machine lets a process have that: not all containers do, and Linux alone knows it. */
export function hasOtherHosts(): boolean {
  return spawnSync(UNSHARE, [...FLAGS, 'true']).status === 0;
}
