import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ExecuteQueryDto, ListToolsDto } from './dto/list-tools.dto.js';
import { principalOf } from '../http/authentication.js';
import { InputPipe } from './input.pipe.js';
import { ToolCatalog } from './tool-catalog.js';
import { ToolRuns } from './tool-runs.js';
import { presentTool, type ToolView } from './tool.presenter.js';

/** Tools over REST: lists them, shows them and runs them. */
@ApiTags('tools')
@Controller('engine/v1/tools')
export class ToolsController {
  constructor(
    protected readonly catalog: ToolCatalog,
    protected readonly runs: ToolRuns,
  ) {}

  @ApiOperation({
    operationId: 'list_tools',
    summary: 'List the tools',
    description: 'Those that the caller may use, with their parameters.',
  })
  @Get()
  async list(
    @Query(new InputPipe(ListToolsDto)) query: ListToolsDto,
    @Req() { raw }: FastifyRequest,
  ): Promise<{ tools: ToolView[] }> {
    const tools = this.catalog.find(query, principalOf(raw));
    return { tools: await Promise.all(tools.map(presentTool)) };
  }

  @ApiOperation({
    operationId: 'list_categories',
    summary: 'List the categories of tools',
    description: 'Their names, which stand in the paths of their tools.',
  })
  @Get('categories')
  categories(): string[] {
    return this.catalog.categories();
  }

  @ApiOperation({
    operationId: 'list_tools_of_category',
    summary: 'List the tools of one category',
    description: 'Those that the caller may use, with their parameters.',
  })
  @Get(':category')
  async listCategory(
    @Param('category') category: string,
    @Req() { raw }: FastifyRequest,
  ): Promise<{ tools: ToolView[] }> {
    const tools = this.catalog.find({ category }, principalOf(raw));
    return { tools: await Promise.all(tools.map(presentTool)) };
  }

  @ApiOperation({
    operationId: 'get_tool',
    summary: 'Show one tool',
    description: 'Its parameters, what it may do, and whether it is available.',
  })
  @Get(':category/:tool')
  async get(
    @Param('category') category: string,
    @Param('tool') tool: string,
    @Req() { raw }: FastifyRequest,
  ): Promise<ToolView> {
    return presentTool(this.catalog.get(category, tool, principalOf(raw)));
  }

  /** The OpenAPI document has this route once for each tool, with the tool's own body. */
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
  ): Promise<object | string | undefined> {
    return this.runs.run({ category, name: tool }, body, { query, request, reply });
  }
}
