import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Outage, type ChannelStream, type Cluster } from '#cluster';
import { ToolError } from '#tools';
import { carry } from './forwarded-connection.js';
import { podPath } from '../pods/pod-path.js';

const HOST = '127.0.0.1';
/** Connections at once through one forward: each holds a WebSocket. */
const MAX_CONNECTIONS = 100;

/** How long a connection waits for a cluster that is away, in milliseconds. */
const AWAY_LIMIT_MS = 10_000;

/** Where a forward leads, and for how long. */
export interface ForwardOptions {
  cluster: Cluster;
  namespace: string;
  pod: string;
  /** What the caller named, such as "service/web". */
  target: string;
  ports: { local: number; remote: number }[];
  durationSeconds: number;
}

/** Local ports that lead to ports of one pod, until they are closed or their time is over. */
export class PortForward {
  readonly id = randomUUID().slice(0, 8);
  readonly endsAt: Date;
  /** "127.0.0.1:8080 -> 80", one for each port; known once it is open. */
  readonly addresses: { local: string; remote: number }[] = [];
  /** What went wrong with the latest connection that failed. */
  lastError: string | undefined;
  private readonly ended = new AbortController();
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly timer: NodeJS.Timeout;

  /** @param onEnd called once, when it has ended by itself or was closed */
  constructor(
    readonly options: ForwardOptions,
    private readonly onEnd: () => void,
  ) {
    const lastsMs = options.durationSeconds * 1_000;
    this.endsAt = new Date(Date.now() + lastsMs);
    this.timer = setTimeout(() => this.close(), lastsMs);
  }

  get connections(): number {
    return this.sockets.size;
  }

  /**
   * Listens on the local ports.
   * @throws ToolError `conflict` for a port that is in use; nothing stays open then
   */
  async open(): Promise<void> {
    try {
      for (const { local, remote } of this.options.ports) await this.listen(local, remote);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Closes the local ports and every connection through them. */
  close(): void {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    clearTimeout(this.timer);
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
    this.onEnd();
  }

  private async listen(local: number, remote: number): Promise<void> {
    // A client that has sent all it has may still wait for the answer.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      void this.accept(socket, remote);
    });
    server.listen(local, HOST);
    this.servers.push(server);
    try {
      await once(server, 'listening');
    } catch (cause) {
      const { code = '' } = cause as NodeJS.ErrnoException;
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${code})`;
      throw new ToolError(
        'conflict',
        `Port ${local} ${why} on the host of this server. Give another local port, or 0 for a free one.`,
        { cause },
      );
    }
    // Without file descriptors for one more connection, those that are there go on.
    server.on('error', ({ message }) => (this.lastError = message));
    const { port } = server.address() as AddressInfo;
    this.addresses.push({ local: `${HOST}:${port}`, remote });
  }

  /** One connection; whatever becomes of it, the others and the forward go on. */
  private async accept(socket: Socket, remote: number): Promise<void> {
    const { cluster, namespace, pod } = this.options;
    if (!this.makeRoom()) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    const limit = AbortSignal.timeout(AWAY_LIMIT_MS);
    const opened = AbortSignal.any([this.ended.signal, gone.signal, limit]);
    const outage = new Outage(opened, (message) => (this.lastError = message));
    try {
      const path = `${podPath(namespace, pod)}/portforward?ports=${remote}`;
      const channels = await outage.survive(() => openChannels(cluster, path, opened));
      if (channels) await carry(socket, channels);
      else socket.destroy();
    } catch (error) {
      this.lastError = (error as Error).message;
      socket.destroy();
    }
  }

  /**
   * A connection whose client has sent all it has most likely has its answer too: it goes first.
   */
  private makeRoom(): boolean {
    if (this.sockets.size < MAX_CONNECTIONS) return true;
    const ending = [...this.sockets].find((socket) => socket.readableEnded);
    if (!ending) {
      this.lastError = `more than ${MAX_CONNECTIONS} connections at once`;
      return false;
    }
    this.sockets.delete(ending);
    ending.destroy();
    return true;
  }
}

/** Nothing has been sent yet: that an answer was lost is no reason not to try again. */
async function openChannels(
  cluster: Cluster,
  path: string,
  signal: AbortSignal,
): Promise<ChannelStream> {
  try {
    return await cluster.channels(path, signal);
  } catch (error) {
    const isLost = error instanceof ToolError && error.isOutcomeUnknown;
    throw isLost ? error.with({ retryable: true, isOutcomeUnknown: false }) : error;
  }
}
