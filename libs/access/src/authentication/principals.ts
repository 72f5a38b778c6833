import type { Principal } from '#tools';

/** Who calls with the token of this machine: whoever may read the files of the server's user. */
export const LOOPBACK: Principal = { id: 'loopback', name: 'loopback', groups: [] };

/** Who calls where authentication is switched off, whoever it is. */
export const ANYBODY: Principal = {
  id: 'anybody',
  name: 'anybody',
  groups: [],
  isAnonymous: true,
};
