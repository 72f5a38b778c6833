import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#sandbox';
import { canary } from '../support/rollouts.js';
import { measureFault, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';

const AWAY_MS = 4_000;
const SECONDS = 40;
const NAMESPACE = 'bench-faults-outages';
/** Log lines of the sandbox are numbered: `request=17`. */
const NUMBER = /request=(\d+)/;

/** What becomes of calls that wait while the API server is restarted. */
export async function outageFaults(lab: FaultLab): Promise<FaultRow[]> {
  const { sandbox } = lab;
  await sandbox.kubectl(['create', 'namespace', NAMESPACE]);
  lab.onEnd(() => sandbox.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']));
  await createObjects(lab);
  const server = await lab.startServer();
  const fault = `the API server stops, and starts ${AWAY_MS / 1_000} s later`;
  return [await measureFault(fault, [server], () => duringRestart(lab, server))];
}

async function duringRestart({ sandbox }: FaultLab, server: Subject): Promise<string> {
  const at = { namespace: NAMESPACE, timeout_seconds: SECONDS };
  const calls: Record<string, Promise<string>> = {
    k8s_rollout_status: run(server, 'k8s_rollout_status', { ...at, name: 'web' }),
    argo_status: run(server, 'argo_status', { ...at, name: 'canary', watch: true }),
    k8s_delete: run(server, 'k8s_delete', { ...at, resource_type: 'configmap', name: 'held' }),
  };
  const logs = run(server, 'k8s_logs', {
    namespace: 'shop',
    pod_name: 'app=api',
    container_name: 'api',
    follow: true,
    num_lines: 1,
    timeout_seconds: SECONDS,
  });
  await sleep(3_000);
  await sandbox.stopProcess('kube-apiserver');
  await sleep(AWAY_MS);
  await sandbox.startProcess('kube-apiserver');
  const kubectl = (...args: string[]) => sandbox.kubectl(['-n', NAMESPACE, ...args]);
  await kubectl('set', 'image', 'deployment/web', '*=nginx:1');
  await kubectl('patch', 'rollout/canary', '--type=merge', '-p', '{"spec":{"paused":true}}');
  await kubectl(
    'patch',
    'configmap/held',
    '--type=merge',
    '-p',
    '{"metadata":{"finalizers":null}}',
  );
  const names = Object.keys(calls);
  const answers = await Promise.all(Object.values(calls));
  const failed = names.filter((_, index) => answers[index] !== 'good');
  const waited = `${names.length - failed.length} of ${names.length} waits went on${failed.length > 0 ? ` NOT GOOD (${answers.join('; ')})` : ''}`;
  return `${waited}; followed logs: ${gapsOf(await logs)}`;
}

async function createObjects({ sandbox }: FaultLab): Promise<void> {
  const held = { name: 'held', namespace: NAMESPACE, finalizers: ['example.com/hold'] };
  const objects = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: held },
    canary({ namespace: NAMESPACE, name: 'canary' }, [{ setWeight: 25 }, { pause: {} }], {
      progressDeadlineSeconds: 600,
    }),
  ];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await sandbox.kubectl(['create', '-f', '-'], { input });
  const kubectl = (...args: string[]) => sandbox.kubectl(['-n', NAMESPACE, ...args]);
  await kubectl('create', 'deployment', 'web', '--image=nginx:invalid-tag');
  const healthy = '--for=jsonpath={.status.phase}=Healthy';
  await kubectl('wait', 'rollout/canary', healthy, '--timeout=60s');
  // An update that goes no further by itself.
  const image =
    '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"app:invalid-tag"}]';
  await kubectl('patch', 'rollout/canary', '--type=json', '-p', image);
  const phase = () => kubectl('get', 'rollout/canary', '-o', 'jsonpath={.status.phase}');
  await waitFor(async () => (await phase()) === 'Progressing', { what: 'the update to begin' });
}

/** What a call answers: its text for logs, `good` or the failure for others. */
async function run({ api }: Subject, tool: string, args: object): Promise<string> {
  const { status, body } = await api.run(tool, { ...args });
  if (status !== 200) return `${tool}: ${status} ${String(body['detail'])}`;
  return tool === 'k8s_logs' ? String(body['result']) : 'good';
}

/** Whether the numbers of each log follow one another. */
function gapsOf(text: string): string {
  const logs = new Map<string, number[]>();
  for (const line of text.split('\n')) {
    const [prefix = ''] = /^\[pod\/[^\]]+\]/.exec(line) ?? [];
    const number = Number(NUMBER.exec(line)?.[1] ?? NaN);
    if (Number.isNaN(number)) continue;
    logs.set(prefix, [...(logs.get(prefix) ?? []), number]);
  }
  let lost = 0;
  let twice = 0;
  let lines = 0;
  for (const numbers of logs.values()) {
    lines += numbers.length;
    for (let index = 1; index < numbers.length; index++) {
      const step = numbers[index]! - numbers[index - 1]!;
      if (step > 1) lost += step - 1;
      if (step < 1) twice += 1;
    }
  }
  const verdict = lost + twice > 0 || lines === 0 ? ' NOT GOOD' : '';
  return `${lines} lines of ${logs.size} logs, ${lost} lost, ${twice} twice${verdict}`;
}
