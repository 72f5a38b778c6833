import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ToolError, ToolInvoker } from '#tools';
import { ExecuteQueryDto, ListToolsDto } from './dto/list-tools.dto.js';
import { newExecutionId } from './execution-id.js';
import { InputPipe } from './input.pipe.js';
import { ToolCatalog } from './tool-catalog.js';
import { presentTool, type ToolView } from './tool.presenter.js';

/** What a tool that succeeded answers. */
export interface ExecuteView {
  status: 'success';
  result: string;
  data?: unknown;
  execution_id: string;
}

/** The tools over REST: to list, to look at, to run. */
@ApiTags('tools')
@Controller('engine/v1/tools')
export class ToolsController {
  constructor(
    protected readonly catalog: ToolCatalog,
    protected readonly invoker: ToolInvoker,
  ) {}

  @ApiOperation({ operationId: 'list_tools', summary: 'List the tools' })
  @Get()
  async list(
    @Query(new InputPipe(ListToolsDto)) query: ListToolsDto,
  ): Promise<{ tools: ToolView[] }> {
    return { tools: await Promise.all(this.catalog.find(query).map(presentTool)) };
  }

  @ApiOperation({ operationId: 'list_categories', summary: 'List the categories of tools' })
  @Get('categories')
  categories(): string[] {
    return this.catalog.categories();
  }

  @ApiOperation({
    operationId: 'list_tools_of_category',
    summary: 'List the tools of one category',
  })
  @Get(':category')
  async listCategory(@Param('category') category: string): Promise<{ tools: ToolView[] }> {
    return { tools: await Promise.all(this.catalog.find({ category }).map(presentTool)) };
  }

  @ApiOperation({ operationId: 'get_tool', summary: 'Look at one tool' })
  @Get(':category/:tool')
  async get(@Param('category') category: string, @Param('tool') tool: string): Promise<ToolView> {
    return presentTool(this.catalog.get(category, tool));
  }

  /** The OpenAPI document shows this route once for each tool, with the tool's own body. */
  @ApiExcludeEndpoint()
  @Post(':category/:tool/execute')
  @HttpCode(200)
  async execute(
    @Param('category') category: string,
    @Param('tool') tool: string,
    @Query(new InputPipe(ExecuteQueryDto)) query: ExecuteQueryDto,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExecuteView | string> {
    const { name } = this.catalog.get(category, tool);
    const execution_id = newExecutionId(request);
    const hangUp = new AbortController();
    reply.raw.once('close', () => {
      if (reply.raw.writableFinished) return;
      hangUp.abort(new ToolError('cancelled', 'The caller hung up.'));
    });
    const { output, data } = await this.invoker.call(name, body, {
      executionId: execution_id,
      signal: hangUp.signal,
    });
    if (request.headers.accept?.startsWith('text/plain')) return output;
    return {
      status: 'success',
      result: output,
      ...(query.data && data !== undefined && { data }),
      execution_id,
    };
  }
}
