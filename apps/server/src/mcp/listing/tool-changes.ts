import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Authenticator, Policies } from '#access';
import { Clusters } from '#cluster';
import type { Principal } from '#tools';
import type { Narrowing } from '../narrowing/narrowing.js';
import type { McpClient } from '../wire/mcp-client.js';
import { LackingTools, LOOK_EVERY_MS } from './lacking-tools.js';
import { ListedTools } from './listed-tools.js';

interface Watcher {
  client: McpClient;
  /** As `ListedTools.signatureOf`, when the client was last told. */
  signature: string;
  onChange: () => void;
}

/**
 * Tells connections when the list of their client is another one: what a tool needs comes or goes,
 * another policy comes into force, there are other contexts, or the credential of the client gets
 * other rights. A policy and contexts are known at once. For the rest it looks again and again, as
 * long as anybody wants to know.
 */
@Injectable()
export class ToolChanges implements BeforeApplicationShutdown {
  private readonly watchers = new Set<Watcher>();
  private readonly timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  /** Many clients have the same list. */
  private signatures = new WeakMap<Narrowing, WeakMap<Principal, string>>();

  constructor(
    private readonly listed: ListedTools,
    private readonly lacking: LackingTools,
    private readonly authenticator: Authenticator,
    policies: Policies,
    clusters: Clusters,
  ) {
    policies.onReplaced(() => this.compare());
    lacking.onChange(() => this.compare());
    // What tools need may be there in a new cluster, or gone with one.
    clusters.onChange(() => void this.look());
  }

  /**
   * Calls `onChange` whenever the list of a client has changed.
   * @returns a function that ends this
   */
  watch(client: McpClient, onChange: () => void): () => void {
    const watcher = { client, onChange, signature: this.signatureOf(client) };
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.watchers.size === 0) return;
    await this.lacking.look();
    this.compare();
  }

  private compare(): void {
    this.signatures = new WeakMap();
    for (const watcher of this.watchers) {
      const { client } = watcher;
      client.principal = this.authenticator.renewed(client.principal);
      const signature = this.signatureOf(client);
      if (signature === watcher.signature) continue;
      watcher.signature = signature;
      watcher.onChange();
    }
  }

  private signatureOf(client: McpClient): string {
    const { narrowing, principal } = client;
    const known = this.signatures.get(narrowing) ?? new WeakMap<Principal, string>();
    const signature = known.get(principal) ?? this.listed.signatureOf(client);
    known.set(principal, signature);
    this.signatures.set(narrowing, known);
    return signature;
  }
}
