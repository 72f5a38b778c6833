import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubectl } from './kubectl.js';
import { testSandbox } from './sandbox.js';
import { variablesOf, type Rendered } from './skyflo-chart.js';

/** What kinds the chart has: of the namespace, and of the cluster. */
const KINDS =
  'deployment,replicaset,pod,service,secret,configmap,serviceaccount,job,networkpolicy,ingress,' +
  'poddisruptionbudget,persistentvolumeclaim,role,rolebinding,clusterrole,clusterrolebinding';

/** The uids of everything that belongs to a release, by kind and name. */
export async function uidsOf(release: string): Promise<Record<string, string>> {
  const label = `app.kubernetes.io/instance=${release}`;
  const text = await kubectl('get', KINDS, '-A', '-l', label, '-o', 'json');
  const { items } = JSON.parse(text) as {
    items: { kind: string; metadata: { name: string; uid: string } }[];
  };
  return Object.fromEntries(
    items.map(({ kind, metadata: { name, uid } }) => [`${kind}/${name}`, uid]),
  );
}

/** The values of a Secret, decoded. */
export async function secretData(namespace: string, name: string): Promise<Record<string, string>> {
  const text = await kubectl('get', 'secret', name, '-n', namespace, '-o', 'json');
  const { data } = JSON.parse(text) as { data: Record<string, string> };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

/** Where the pod of the chart has its files. */
const MOUNTS = '/etc/skyflo-mcp';

interface Volume {
  name: string;
  secret?: { secretName: string };
}

/**
 * The variables of the server's container on this machine: what it mounts from Secrets is written
 * to a folder, with the mode that the kubelet gives it.
 */
export async function podEnvironment(
  namespace: string,
  release: string,
): Promise<Record<string, string>> {
  const text = await kubectl('get', 'deployment', release, '-n', namespace, '-o', 'json');
  const deployment = JSON.parse(text) as Rendered;
  const folder = podFolder(release);
  rmSync(folder, { recursive: true, force: true });
  const { template } = deployment.spec as { template: { spec: { volumes: Volume[] } } };
  for (const { name: volume, secret } of template.spec.volumes) {
    if (!secret) continue;
    mkdirSync(join(folder, volume), { recursive: true });
    for (const [name, data] of Object.entries(await secretData(namespace, secret.secretName))) {
      writeFileSync(join(folder, volume, name), data, { mode: 0o440 });
    }
  }
  const variables = variablesOf([deployment]).map(({ name, value = '' }) => [
    name,
    value.replace(MOUNTS, folder).replace(/^\/var\/lib$/, join(folder, 'state')),
  ]);
  // The ports of a pod are its own. Here other servers may have the same.
  return { AUTH: '', ...Object.fromEntries(variables), METRICS_PORT: '' };
}

/** Where the files of the pod of a release are written. */
export function podFolder(release: string): string {
  return join(testSandbox().folder, `pod-${release}`);
}
