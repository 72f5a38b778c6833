import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';
import type { ToolChanges } from '../listing/tool-changes.js';
import type { McpClient } from '../wire/mcp-client.js';

/** Lets each subscription (`subscriptions/listen`) hear of the changes for its own client. */
export class Subscriptions implements ServerEventBus {
  private readonly clients = new AsyncLocalStorage<McpClient>();

  constructor(private readonly changes: ToolChanges) {}

  /** The client of the request that is answered now. */
  get client(): McpClient | undefined {
    return this.clients.getStore();
  }

  /** Has the SDK answer a request of a client. */
  answer<T>(client: McpClient, work: () => T): T {
    return this.clients.run(client, work);
  }

  subscribe(listener: (event: ServerEvent) => void): () => void {
    const { client } = this;
    if (!client) throw new Error('The SDK opens a subscription outside of a request.');
    return this.changes.watch(client, () => listener({ kind: 'tools_list_changed' }));
  }

  /** Nothing is for all clients. */
  publish(): void {}
}
