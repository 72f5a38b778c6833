import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { stringify, parse } from 'yaml';
import type { Sandbox } from '#sandbox';
import type { Kubeconfig } from '../support/api.js';

/**
 * A longer way to a sandbox's API server, as over a network: what is sent arrives later, in both
 * directions.
 */
export class DistantApi {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** The path of a kubeconfig that goes this way. */
    readonly kubeconfig: string,
  ) {}

  /** @param roundTripMs milliseconds that a question and its answer take longer */
  static async open(sandbox: Sandbox, roundTripMs: number): Promise<DistantApi> {
    const text = await readFile(sandbox.kubeconfig, 'utf8');
    const kubeconfig = parse(text) as Kubeconfig;
    const { cluster } = kubeconfig.clusters[0]!;
    const { hostname, port } = new URL(cluster.server);
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cluster.server = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const path = join(sandbox.stateDir, `kubeconfig-${roundTripMs}-ms-away`);
    await writeFile(path, stringify(kubeconfig), { mode: 0o600 });
    const distant = new DistantApi(server, path);
    server.on('connection', (near: Socket) => {
      const far = connect({ host: hostname, port: Number(port), noDelay: true });
      distant.relay(near, far, roundTripMs / 2);
      distant.relay(far, near, roundTripMs / 2);
    });
    return distant;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private relay(from: Socket, to: Socket, delayMs: number): void {
    this.sockets.add(from);
    from.on('data', (chunk) => setTimeout(() => to.write(chunk), delayMs));
    from.on('close', () => {
      this.sockets.delete(from);
      setTimeout(() => to.destroy(), delayMs);
    });
    from.on('error', () => to.destroy());
  }
}
