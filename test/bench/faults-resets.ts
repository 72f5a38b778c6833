import { reset, RESETS, resetUnread } from '../support/resets.js';
import { measureFault, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';
import { timeWrites } from './fault-writes.js';

const UNREAD = 10;

/** Clients that reset their connections. */
export async function resetFaults(lab: FaultLab): Promise<FaultRow[]> {
  const single = await lab.startServer();
  const { a, b } = await lab.startReplicas();
  return [
    ...(await measureResets('SQLite', [single])),
    ...(await measureResets('two replicas', [a, b])),
  ];
}

async function measureResets(store: string, servers: Subject[]): Promise<FaultRow[]> {
  const resets = async (server: Subject) => {
    for (const [request, moment] of RESETS) await reset(server, request, moment);
  };
  const unread = async (server: Subject) => {
    for (let count = 0; count < UNREAD; count++) await resetUnread(server);
  };
  const everywhere = (act: typeof resets) => async () => {
    for (const server of servers) await act(server);
    return timeWrites(servers);
  };
  return [
    await measureFault(`reset at ${RESETS.length} moments; ${store}`, servers, everywhere(resets)),
    // The servers are paused for it, so that a probe would tell only that.
    await measureFault(`reset before it is accepted; ${store}`, [], everywhere(unread)),
  ];
}
