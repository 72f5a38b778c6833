import type { Sandbox } from '#sandbox';

const READY_WITHIN_SECONDS = 600;

/** Makes a namespace with so many running pods. */
export async function fillNamespace(
  sandbox: Sandbox,
  namespace: string,
  pods: number,
): Promise<void> {
  const labels = { app: 'many' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'many', namespace },
    spec: {
      replicas: pods,
      selector: { matchLabels: labels },
      progressDeadlineSeconds: READY_WITHIN_SECONDS,
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
      },
    },
  };
  process.stderr.write(`Starting ${pods} pods in the namespace ${namespace}...\n`);
  await sandbox.kubectl(['create', 'namespace', namespace]);
  await sandbox.kubectl(['apply', '-f', '-'], { input: JSON.stringify(deployment) });
  const wait = ['rollout', 'status', 'deployment/many', `--namespace=${namespace}`];
  await sandbox.kubectl(wait, { timeoutMs: READY_WITHIN_SECONDS * 1_000 });
}
