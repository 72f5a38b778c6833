import { Injectable } from '@nestjs/common';
import { Policies } from '#access';
import { Clusters } from '#cluster';
import { ToolRegistry, type ToolDefinition } from '#tools';
import type { Narrowing } from '../narrowing/narrowing.js';
import { instructionsFor } from '../wire/instructions.js';
import type { JsonRpcResult } from '../wire/json-rpc.js';
import { listedSchema } from '../wire/listed-schema.js';
import { knowsTasks, type McpClient } from '../wire/mcp-client.js';
import { LackingTools } from './lacking-tools.js';

type Schema = ToolDefinition['inputSchema'];

/** What a list shows of a tool. */
interface Entry {
  name: string;
  _meta: Record<string, unknown>;
  [key: string]: unknown;
}

/** The tools as each client has them listed. */
@Injectable()
export class ListedTools {
  /** By the schema of the tool, for clients without tasks and with them. */
  private readonly entries = [new WeakMap<Schema, Entry>(), new WeakMap<Schema, Entry>()] as const;
  /** A number for each schema that a list has shown. */
  private readonly schemas = new WeakMap<Schema, number>();
  private shownSchemas = 0;
  /** By what their clients see. */
  private instructionsBy = new WeakMap<Narrowing, string>();

  constructor(
    private readonly registry: ToolRegistry,
    private readonly policies: Policies,
    private readonly lacking: LackingTools,
    clusters: Clusters,
  ) {
    clusters.onChange(() => (this.instructionsBy = new WeakMap()));
  }

  /** Instructions for the model of a client, about the tools that the client sees. */
  instructions({ narrowing }: McpClient): string {
    const known = this.instructionsBy.get(narrowing);
    if (known !== undefined) return known;
    const tools = this.registry.list().filter((tool) => narrowing.allows(tool));
    const text = instructionsFor(tools, this.registry.categories());
    this.instructionsBy.set(narrowing, text);
    return text;
  }

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
    return this.of(client)
      .map((tool) => {
        const lacks = this.lacking.has(tool) ? '-' : '';
        return `${tool.name}${lacks}${this.numberOf(tool.inputSchema)}`;
      })
      .join();
  }

  private numberOf(schema: Schema): number {
    const number = this.schemas.get(schema) ?? (this.shownSchemas += 1);
    this.schemas.set(schema, number);
    return number;
  }

  private entryOf(tool: ToolDefinition, withTasks: boolean): Entry {
    const known = this.entries[withTasks ? 1 : 0];
    const { name, title, description, annotations, tags, inputSchema } = tool;
    const entry = known.get(inputSchema) ?? {
      name,
      title,
      description,
      inputSchema: listedSchema(tool),
      annotations,
      ...(withTasks && { execution: { taskSupport: 'optional' } }),
      _meta: { fastmcp: { tags } },
    };
    known.set(inputSchema, entry);
    return entry;
  }
}
