import { join } from 'node:path';
import { writeGreeterChart } from '../support/greeter-chart.js';
import { countsOf, FaultCaller, slowestOf, type Ended } from './fault-callers.js';
import { measureFault, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';

const NAMESPACE = 'bench-faults-programs';
const DESCRIBES = 120;
const INSTALLS = 100;

/** Many calls at once that start a program each. */
export async function programFaults(lab: FaultLab): Promise<FaultRow[]> {
  await lab.sandbox.kubectl(['create', 'namespace', NAMESPACE]);
  lab.onEnd(() => lab.sandbox.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']));
  const HELM_CHARTS_DIR = join(lab.sandbox.stateDir, 'faults-charts');
  writeGreeterChart(HELM_CHARTS_DIR, '1.0.0');
  const server = await lab.startServer({ HELM_CHARTS_DIR, CALLER_SHARE_PERCENT: '100' });
  const caller = new FaultCaller(server, '127.0.0.2');
  lab.onEnd(() => caller.close());
  return [
    await measureCalls(server, `${DESCRIBES} k8s_describe at once`, DESCRIBES, () =>
      caller.call('k8s_describe', { name: 'web', resource_type: 'deployment', namespace: 'shop' }),
    ),
    await measureCalls(server, `${INSTALLS} helm installs at once`, INSTALLS, (index) =>
      caller.call('helm_install_with_values', {
        chart: './greeter',
        namespace: NAMESPACE,
        release_name: `at-once-${index}`,
        values: 'replicas: 0\n',
      }),
    ),
  ];
}

function measureCalls(
  server: Subject,
  fault: string,
  count: number,
  call: (index: number) => Promise<Ended>,
): Promise<FaultRow> {
  return measureFault(fault, [server], async () => {
    const ended = await Promise.all(Array.from({ length: count }, (_, index) => call(index)));
    return `${countsOf(ended)}, the last after ${slowestOf(ended)}`;
  });
}
