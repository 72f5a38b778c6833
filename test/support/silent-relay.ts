import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A way to a port of this machine that is as long as one over a network, and whose connections can
 * go dead without a sign.
 */
export class SilentRelay {
  private readonly sockets = new Set<Socket>();
  /** Those of them that lead to the target. */
  private readonly farSockets = new Set<Socket>();
  private isDead = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
    /** Milliseconds that a question and its answer take longer. */
    public roundTripMs: number,
  ) {
    server.on('connection', (near: Socket) => this.relay(near));
  }

  static async open(target: number, roundTripMs = 0): Promise<SilentRelay> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentRelay(server, target, roundTripMs);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on no answer passes any more on the connections that there are; questions do. */
  loseAnswers(): void {
    for (const far of this.farSockets) far.removeAllListeners('data').resume();
  }

  /** From now on nothing passes any more on the connections that there are; later ones work. */
  silence(): void {
    for (const socket of this.sockets) socket.removeAllListeners('data').pause();
  }

  /** The same as `silence`, for later ones too, until `revive`. */
  die(): void {
    this.isDead = true;
    this.silence();
  }

  /** Connections that are made from now on work. */
  revive(): void {
    this.isDead = false;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private relay(near: Socket): void {
    const far = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    this.farSockets.add(far);
    far.once('close', () => this.farSockets.delete(far));
    // Timers know no less than a millisecond.
    this.pass(near, far, () => Math.floor(this.roundTripMs / 2));
    this.pass(far, near, () => Math.ceil(this.roundTripMs / 2));
    if (this.isDead) this.silence();
  }

  private pass(from: Socket, to: Socket, delayMs: () => number): void {
    this.sockets.add(from);
    from.on('data', (chunk) => {
      const ms = delayMs();
      if (ms === 0) to.write(chunk);
      else setTimeout(() => to.write(chunk), ms);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      setTimeout(() => to.destroy(), delayMs());
    });
  }
}
