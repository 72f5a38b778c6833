import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client over HTTP/1.1 that reads only when it is told to. */
export class SlowClient {
  /** What it has read so far. */
  text = '';
  private isClosed = false;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.once('close', () => (this.isClosed = true));
  }

  /** Sends a request, and reads nothing yet. */
  static send(
    url: string,
    path: string,
    { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
  ): SlowClient {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    const text = body === undefined ? '' : JSON.stringify(body);
    const all = {
      host,
      connection: 'close',
      ...(body && { 'content-type': 'application/json' }),
      'content-length': String(Buffer.byteLength(text)),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const method = body === undefined ? 'GET' : 'POST';
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`);
    return new SlowClient(socket);
  }

  /** The HTTP status, once something is read. */
  get status(): number {
    return Number(this.text.slice(9, 12));
  }

  get isDropped(): boolean {
    return this.isClosed;
  }

  /** The port of its end of the connection. */
  get port(): number {
    return this.socket.localPort ?? 0;
  }

  /** Reads something, if there is anything. */
  sip(): void {
    this.text += (this.socket.read() as string | null) ?? '';
  }

  /** Reads until there is a text, or the end. */
  async readTo(text: string): Promise<void> {
    while (!this.text.includes(text) && !this.isClosed) {
      await Promise.race([once(this.socket, 'readable'), once(this.socket, 'close')]);
      this.sip();
    }
  }

  /** Reads all that still comes. */
  async readAll(): Promise<string> {
    this.socket.on('data', (more: string) => (this.text += more));
    if (!this.isClosed) await once(this.socket, 'close');
    return this.text;
  }

  close(): void {
    this.socket.destroy();
  }
}
