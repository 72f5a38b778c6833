import { reset, RESETS, resetUnread } from '../support/resets.js';
import { measureFault, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';
import { timeWrites } from './fault-writes.js';

const UNREAD = 5;

/** Clients that reset their connections. */
export async function resetFaults(lab: FaultLab): Promise<FaultRow[]> {
  const single = await lab.startServer();
  const { a, b } = await lab.startReplicas();
  return [await measureResets('SQLite', [single]), await measureResets('two replicas', [a, b])];
}

function measureResets(store: string, servers: readonly [Subject, ...Subject[]]) {
  const fault = `connections are reset at ${RESETS.length} moments, and unread; ${store}`;
  return measureFault(fault, servers, async () => {
    for (const server of servers) {
      for (const [request, moment] of RESETS) await reset(server, request, moment);
      for (let count = 0; count < UNREAD; count++) await resetUnread(server);
    }
    return timeWrites(servers);
  });
}
