import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/**
 * An HTTP proxy whose CONNECT tunnels (RFC 9110, 9.3.6) all lead to one place, whatever name is
 * asked for. Counts them.
 */
export class ConnectProxy {
  /** What each tunnel was asked for, as host:port. */
  readonly tunnels: string[] = [];
  private readonly clients = new Set<Socket>();
  private readonly server = createServer();

  private constructor(target: URL) {
    this.server.on('connect', ({ url = '' }, client: Socket) => {
      this.tunnels.push(url);
      const upstream = connect(Number(target.port), target.hostname, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
      this.clients.add(client);
      for (const socket of [client, upstream]) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.clients.delete(client);
          client.destroy();
          upstream.destroy();
        });
      }
    });
  }

  static async start(target: string): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(new URL(target));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many tunnels are open. */
  get open(): number {
    return this.clients.size;
  }

  stop(): void {
    for (const client of this.clients) client.destroy();
    this.server.close();
  }
}
