import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS, type McpClient } from './mcp-clients.js';

const RETRY_MS = 50;
const PAUSE_MS = 10;
/** What clients throw for a connection that broke, and for what a proxy says of one. */
const BROKEN =
  /fetch failed|terminated|50[23] (?:Bad Gateway|Service Unavailable)|socket hang up|other side closed|Connection closed/i;

/** Clients of both protocols that call through a proxy, and never begin anew. */
export class McpLoad {
  readonly told = { calls: 0, broken: 0, unexpected: [] as string[] };
  private readonly end = new AbortController();
  private callers: Promise<void>[] = [];
  private clients: McpClient[] = [];

  private constructor() {}

  static async start(url: string): Promise<McpLoad> {
    const load = new McpLoad();
    const kinds = ['2025', '2025', '2026'] as const;
    load.clients = await Promise.all(
      kinds.map((era) => CLIENTS[`${era} over Streamable HTTP`]!({ url, log: [] })),
    );
    load.callers = load.clients.map((client) => load.again(client));
    return load;
  }

  /** Lets each client finish its call, and call once more. */
  async stop(): Promise<void> {
    this.end.abort();
    await Promise.all(this.callers);
    for (const client of this.clients) {
      await this.call(client);
      await client.close();
    }
  }

  private async again(client: McpClient): Promise<void> {
    while (!this.end.signal.aborted) {
      await this.call(client);
      await sleep(PAUSE_MS);
    }
  }

  /** The same client calls until there is an answer. */
  private async call(client: McpClient): Promise<void> {
    for (;;) {
      try {
        const { isError, content } = await client.call('k8s_get', { resource_type: 'namespaces' });
        if (isError) this.told.unexpected.push(content[0]?.text ?? '');
        else this.told.calls++;
        return;
      } catch (error) {
        const { message } = error as Error;
        if (!BROKEN.test(message)) {
          this.told.unexpected.push(message);
          return;
        }
        this.told.broken++;
        await sleep(RETRY_MS);
      }
    }
  }
}
