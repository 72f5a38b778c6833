import { Injectable } from '@nestjs/common';
import { Policies } from '#access';
import { ToolRegistry, type ToolDefinition } from '#tools';
import type { JsonRpcResult } from '../wire/json-rpc.js';
import { listedSchema } from '../wire/listed-schema.js';
import { knowsTasks, type McpClient } from '../wire/mcp-client.js';
import { LackingTools } from './lacking-tools.js';

/** What a list shows of a tool. */
interface Entry {
  name: string;
  _meta: Record<string, unknown>;
  [key: string]: unknown;
}

/** The tools as each client has them listed. */
@Injectable()
export class ListedTools {
  /** By the name of the tool, for clients without tasks and with them. */
  private readonly entries = [new Map<string, Entry>(), new Map<string, Entry>()] as const;

  constructor(
    private readonly registry: ToolRegistry,
    private readonly policies: Policies,
    private readonly lacking: LackingTools,
  ) {}

  /** The tools that a client sees and may use. */
  of({ narrowing, principal }: McpClient): ToolDefinition[] {
    return this.registry
      .list()
      .filter((tool) => narrowing.allows(tool) && this.policies.mayUse(principal, tool));
  }

  /** The answer to `tools/list`, on one page. Tools that cannot run now say so. */
  async list(client: McpClient): Promise<JsonRpcResult> {
    await this.lacking.refresh();
    const tools = this.of(client).map((tool) => {
      const entry = this.entryOf(tool, knowsTasks(client));
      if (!this.lacking.has(tool)) return entry;
      return { ...entry, _meta: { ...entry._meta, 'skyflo/available': false } };
    });
    return { tools };
  }

  /** A text that is another one whenever the list of a client is. */
  signatureOf(client: McpClient): string {
    const names = this.of(client).map((tool) => `${tool.name}${this.lacking.has(tool) ? '-' : ''}`);
    return names.join();
  }

  private entryOf(tool: ToolDefinition, withTasks: boolean): Entry {
    const known = this.entries[withTasks ? 1 : 0];
    const { name, title, description, annotations, tags } = tool;
    const entry = known.get(name) ?? {
      name,
      title,
      description,
      inputSchema: listedSchema(tool),
      annotations,
      ...(withTasks && { execution: { taskSupport: 'optional' } }),
      _meta: { fastmcp: { tags } },
    };
    known.set(name, entry);
    return entry;
  }
}
