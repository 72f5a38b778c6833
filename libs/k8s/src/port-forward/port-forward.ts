import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Outage, type ChannelStream, type Cluster } from '#cluster';
import { ToolError } from '#tools';
import { carry } from './forwarded-connection.js';
import { podPath } from '../pods/pod-path.js';

const HOST = '127.0.0.1';
/** Most open connections of one forward: each holds a WebSocket. */
const MAX_CONNECTIONS = 100;

/** Most milliseconds that a connection waits for an unreachable cluster. */
const AWAY_LIMIT_MS = 10_000;

/** Where a forward leads, and for how long. */
export interface ForwardOptions {
  cluster: Cluster;
  /** The `ownerOf` who has opened it. */
  owner: string | undefined;
  namespace: string;
  pod: string;
  /** The target as the caller gave it, such as "service/web". */
  target: string;
  ports: { local: number; remote: number }[];
  durationSeconds: number;
}

/** Local ports that lead to ports of one pod, until closed or until the time limit. */
export class PortForward {
  readonly id = randomUUID().slice(0, 8);
  readonly endsAt: Date;
  /** One for each port, such as 127.0.0.1:8080 to 80; known once it is open. */
  readonly addresses: { local: string; remote: number }[] = [];
  /** The error of the last connection that failed. */
  lastError: string | undefined;
  private readonly ended = new AbortController();
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly timer: NodeJS.Timeout;

  /** @param onEnd called once, when it reaches its time limit or is closed */
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
   * @throws ToolError `conflict` for a port that is in use; then nothing stays open
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
    // A client that has finished sending may still wait for the answer.
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
    // Without file descriptors for another connection, the open ones continue.
    server.on('error', ({ message }) => (this.lastError = message));
    const { port } = server.address() as AddressInfo;
    this.addresses.push({ local: `${HOST}:${port}`, remote });
  }

  /** Handles one connection. Its failure does not end the others or the forward. */
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
   * Makes room for a connection. At the limit, closes one whose client has finished sending: it
   * most likely has its answer too.
   * @returns whether there is room
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

/** Opens the channels. A lost answer is retryable here because nothing has been sent yet. */
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
