import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy before a server that loses what it is told to lose. */
export class AnswerThief {
  /** The heads of the requests that have passed. */
  readonly requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  private readonly open = new Set<ServerResponse>();
  private toLose = 0;
  private readonly server = createServer((near, response) => this.pass(near, response));

  private constructor(private readonly target: string) {}

  static async start(target: string): Promise<AnswerThief> {
    const thief = new AnswerThief(target);
    thief.server.listen(0, '127.0.0.1');
    await once(thief.server, 'listening');
    return thief;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next answers do not come: the connection breaks when the server has given them. */
  lose(answers: number): void {
    this.toLose = answers;
  }

  /** Breaks the connections whose answers have begun. */
  cut(): void {
    for (const response of this.open) response.destroy();
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass(near: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = near;
    this.requests.push({ method, url, headers });
    const far = request(`${this.target}${url}`, { method, headers }, (answer) => {
      if (this.toLose > 0) {
        this.toLose -= 1;
        answer.resume().once('end', () => response.destroy());
        return;
      }
      this.open.add(response);
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      answer.pipe(response);
    });
    far.on('error', () => response.destroy());
    response.once('close', () => {
      this.open.delete(response);
      if (this.toLose === 0) far.destroy();
    });
    near.pipe(far);
  }
}
