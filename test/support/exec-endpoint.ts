import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { signalGroup } from '#sandbox';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const CLOSE = 255;
/** The `readyState` of a WebSocket that is open (WHATWG WebSockets, 3.1). */
const OPEN = 1;

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'local', namespace: 'default', uid: 'local' },
  spec: { containers: [{ name: 'shell' }] },
  status: { phase: 'Running' },
};

/**
 * An API server of one pod whose commands run on this machine, by the channel.k8s.io protocols:
 * what the sandbox's kubelet does not do, exit codes and the end of stdin, it does as a real one.
 */
export class ExecEndpoint {
  /** The words of each command that was run. */
  readonly commands: string[][] = [];
  private readonly sockets: WebSocketServer;

  private constructor(
    private readonly server: Server,
    protocol: string,
  ) {
    this.sockets = new WebSocketServer({
      server,
      handleProtocols: () => protocol,
      verifyClient: ({ req }) =>
        req.headers['sec-websocket-protocol']?.split(/, */).includes(protocol) ?? false,
    });
    this.sockets.on('connection', (socket, request) => this.run(socket, request));
  }

  static async start(protocol = 'v5.channel.k8s.io'): Promise<ExecEndpoint> {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(POD));
    });
    const endpoint = new ExecEndpoint(server, protocol);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many WebSockets are open; not those whose command has ended, which are being closed. */
  get open(): number {
    return [...this.sockets.clients].filter(({ readyState }) => readyState === OPEN).length;
  }

  /** Breaks every WebSocket off. */
  breakOff(): void {
    for (const socket of this.sockets.clients) socket.terminate();
  }

  stop(): void {
    this.breakOff();
    this.server.closeAllConnections();
    this.server.close();
  }

  private run(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? '', this.url).searchParams;
    const [program = '', ...args] = query.getAll('command');
    this.commands.push([program, ...args]);
    const hasStdin = query.get('stdin') === 'true';
    const stdin = hasStdin ? 'pipe' : 'ignore';
    // In a group of its own, to end what a shell has started together with the shell.
    const child = spawn(program, args, { stdio: [stdin, 'pipe', 'pipe'], detached: true });
    const send = (channel: number, data: Uint8Array) =>
      socket.send(Buffer.concat([Buffer.of(channel), data]));
    const end = (status: object) => {
      send(STATUS, Buffer.from(JSON.stringify(status)));
      socket.close();
    };
    for (const [channel, stream] of [
      [STDOUT, child.stdout],
      [STDERR, child.stderr],
    ] as const) {
      stream?.on('data', (data: Buffer) => {
        stream.pause();
        socket.send(Buffer.concat([Buffer.of(channel), data]), () => stream.resume());
      });
    }
    child.stdin?.on('error', () => undefined);
    socket.on('message', (data) => {
      if (data[0] === STDIN) child.stdin?.write(data.subarray(1));
      if (data[0] === CLOSE && data[1] === STDIN) child.stdin?.end();
    });
    socket.on('close', () => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    });
    child.on('error', ({ message }) =>
      end({ status: 'Failure', reason: 'InternalError', message }),
    );
    child.on('close', (code) => {
      if (child.pid === undefined) return;
      const causes = [{ reason: 'ExitCode', message: String(code) }];
      const failure = { status: 'Failure', reason: 'NonZeroExitCode', details: { causes } };
      end(code === 0 ? { status: 'Success' } : failure);
    });
  }
}
