import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import { asPartOfCall } from '../gate/gate-call.js';
import { GateListener, type ListenerAddress } from '../gate/gate-listener.js';
import type { Upstream } from '../gate/upstream.js';

/** How a program that reads a kubeconfig, such as kubectl or helm, reaches an API server. */
export interface ProgramContext {
  /** To be added to its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A text of the program, with the real address of the API server. */
  readonly shown: (text: string) => string;
  /** The failure of this server that a text of the program is about, if there is one. */
  readonly failureIn: (text: string) => ToolError | undefined;
}

/**
 * Lets programs reach API servers through the gate. Their kubeconfig holds an address with a token,
 * and no credential.
 */
@Injectable()
export class ProgramContexts {
  constructor(private readonly listener: GateListener) {}

  /**
   * Does work with a way to an API server, which ends with the work.
   * @param program how traces name what runs, e.g. `helm upgrade`
   * @param upstream what answers in its place
   */
  through<T>(
    program: string,
    cluster: Cluster,
    work: (context: ProgramContext) => Promise<T>,
    upstream: Upstream = (request) => cluster.relay(request),
  ): Promise<T> {
    return asPartOfCall(program, () => this.within(cluster, work, upstream));
  }

  private async within<T>(
    cluster: Cluster,
    work: (context: ProgramContext) => Promise<T>,
    upstream: Upstream,
  ): Promise<T> {
    const { server, namespace } = cluster;
    const address = await this.listener.open(upstream);
    try {
      const folder = await mkdtemp(join(tmpdir(), 'skyflo-mcp-kube-'));
      try {
        const file = join(folder, 'kubeconfig');
        await writeFile(file, kubeconfigText(address.url, namespace), { mode: 0o600 });
        const env = {
          KUBECONFIG: file,
          // What it caches by the address is of no use to others.
          KUBECACHEDIR: join(folder, 'cache'),
          // Preferences of the user who runs the server would change its defaults.
          KUBERC: 'off',
        };
        return await work({ env, ...texts(address, server) });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    } finally {
      address.close();
    }
  }
}

function texts(
  { url, failures }: ListenerAddress,
  server: string,
): Pick<ProgramContext, 'shown' | 'failureIn'> {
  return {
    shown: (text) => text.replaceAll(url, server),
    failureIn: (text) => failures.findLast(({ message }) => text.includes(message)),
  };
}

function kubeconfigText(server: string, namespace: string): string {
  const name = 'skyflo-mcp';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    users: [{ name, user: {} }],
  });
}
