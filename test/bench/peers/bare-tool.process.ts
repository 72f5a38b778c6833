import 'reflect-metadata';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { Body, Controller, HttpCode, Module, Post, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsOptional, IsString, validateOrReject } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiPool } from '../../support/api.js';

/** What is asked for: the parameters of `k8s_get` that the bench sends. */
class PodsDto {
  @IsString() resource_type!: string;
  @IsString() namespace!: string;
  @IsOptional() @IsString() label_selector?: string;
}

interface Table {
  columnDefinitions: { name: string; priority: number }[];
  rows: { cells: unknown[] }[];
}

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const pool = apiPool(process.env['KUBECONFIG'] ?? '');

/**
 * The least that one tool can be with the stack of this server: it reads the parameters, asks the
 * API server over a kept-alive connection, and prints the table. Nobody is identified, nothing is
 * authorized, redacted, limited or recorded. At the other door it answers `initialize`.
 */
@Controller()
class BareToolController {
  @Post('mcp')
  async mcp(
    @Req() { raw }: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() message: unknown,
  ): Promise<void> {
    const server = new McpServer({ name: 'bare', version: '1' });
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    await server.connect(transport);
    reply.hijack();
    await transport.handleRequest(raw, reply.raw, message);
  }

  @Post('engine/v1/tools/k8s/k8s_get/execute')
  @HttpCode(200)
  async execute(@Body() given: object): Promise<object> {
    const parameters = Object.assign(new PodsDto(), given);
    await validateOrReject(parameters);
    const { resource_type, namespace, label_selector } = parameters;
    const query = label_selector ? `&labelSelector=${encodeURIComponent(label_selector)}` : '';
    const path = `/api/v1/namespaces/${namespace}/${resource_type}?includeObject=None${query}`;
    const { body } = await pool.request({ method: 'GET', path, headers: TABLE });
    return { result: textOf((await body.json()) as Table) };
  }
}

function textOf({ columnDefinitions, rows }: Table): string {
  const shown = columnDefinitions.flatMap(({ priority }, index) => (priority === 0 ? [index] : []));
  const lines = [
    shown.map((index) => columnDefinitions[index]!.name.toUpperCase()),
    ...rows.map(({ cells }) => shown.map((index) => String(cells[index]))),
  ];
  const widths = shown.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]! + 3))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

@Module({ controllers: [BareToolController] })
class BareToolModule {}

const app = await NestFactory.create<NestFastifyApplication>(BareToolModule, new FastifyAdapter(), {
  logger: ['error'],
});
await app.listen(process.env['PORT'] ?? 0, '127.0.0.1');
