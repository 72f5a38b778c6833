import type { FaultLab } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';
import { contextFaults } from './faults-contexts.js';
import { outageFaults } from './faults-outages.js';

/** Clusters that are slow, silent or away, and callers who wait much. */
export async function clusterFaults(lab: FaultLab): Promise<FaultRow[]> {
  return [...(await contextFaults(lab)), ...(await outageFaults(lab))];
}
