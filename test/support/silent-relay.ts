import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a port of this machine whose connections can go dead without a sign. */
export class SilentRelay {
  private readonly sockets = new Set<Socket>();
  /** Those of them that lead to the target. */
  private readonly farSockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (near: Socket) => this.relay(near));
  }

  static async open(target: number): Promise<SilentRelay> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentRelay(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on nothing passes any more on the connections that there are; later ones work. */
  silence(): void {
    for (const socket of this.sockets) socket.removeAllListeners('data').pause();
  }

  /** From now on no answer passes any more on the connections that there are; questions do. */
  loseAnswers(): void {
    for (const far of this.farSockets) far.removeAllListeners('data').resume();
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private relay(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    this.farSockets.add(far);
    far.once('close', () => this.farSockets.delete(far));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
