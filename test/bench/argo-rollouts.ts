import { setTimeout as delay } from 'node:timers/promises';
import type { Sandbox } from '#sandbox';
import { NAMESPACE, ROLLOUTS, type Send } from './argo-operations.js';

/** A canary at its first pause, and some others beside it. */
export async function prepareRollouts(sandbox: Sandbox, send: Send): Promise<void> {
  const rollout = (name: string, image: string) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: name } },
      strategy: { canary: { steps: [{ setWeight: 25 }, { pause: {} }] } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image }] },
      },
    },
  });
  const apply = (...items: object[]) =>
    sandbox.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
  const until = async (phase: string, name: string) => {
    for (;;) {
      const { status } = JSON.parse(await send('GET', `${ROLLOUTS}/${name}`)) as {
        status?: { phase?: string };
      };
      if (status?.phase === phase) return;
      await delay(100);
    }
  };
  await sandbox.kubectl(['create', 'namespace', NAMESPACE]);
  const others = Array.from({ length: 9 }, (_, index) => `other-${index}`);
  await apply(...['target', ...others].map((name) => rollout(name, 'app:1')));
  for (const name of ['target', ...others]) await until('Healthy', name);
  await apply(rollout('target', 'app:2'));
  await until('Paused', 'target');
  await sandbox.stopProcess('rollouts-controller');
}
