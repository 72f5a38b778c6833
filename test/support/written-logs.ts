import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createObjects } from './manifest.js';
import { testSandbox } from './sandbox.js';
import type { NamespaceInUse } from './use-namespace.js';

/** Pods that run, whose logs a test writes itself. */
export class WrittenLogs {
  private constructor(
    private readonly folder: string,
    /** Pod and container of each log. */
    readonly names: readonly string[],
  ) {}

  /** Creates pods with the label `app=written`, each with some containers. */
  static async of(
    own: NamespaceInUse,
    pods: readonly string[],
    containers: readonly string[],
  ): Promise<WrittenLogs> {
    const folder = join(testSandbox().folder, `written-${own.name}`);
    await mkdir(folder, { recursive: true });
    const names = pods.flatMap((pod) => containers.map((container) => `${pod}/${container}`));
    const logs = new WrittenLogs(folder, names);
    for (const name of names) await appendFile(logs.fileOf(name), '');
    await createObjects(
      ...pods.map((name) => ({
        apiVersion: 'kwok.x-k8s.io/v1alpha1',
        kind: 'Logs',
        metadata: { name, namespace: own.name },
        spec: {
          logs: containers.map((container) => ({
            containers: [container],
            logsFile: logs.fileOf(`${name}/${container}`),
          })),
        },
      })),
      ...pods.map((name) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: own.name, labels: { app: 'written' } },
        spec: { containers: containers.map((one) => ({ name: one, image: 'app:1' })) },
      })),
    );
    await own.kubectl('wait', 'pod', ...pods, '--for=condition=Ready', '--timeout=30s');
    return logs;
  }

  /** Writes lines of one and the same time to a log. */
  async write(name: string, ...texts: string[]): Promise<void> {
    const time = new Date().toISOString().replace('Z', '000000Z');
    const lines = texts.map((text) => `${time} stdout F ${text}\n`);
    await appendFile(this.fileOf(name), lines.join(''));
  }

  private fileOf(name: string): string {
    return join(this.folder, `${name.replace('/', '-')}.log`);
  }
}
