import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ExecuteQueryDto, ListToolsDto } from './dto/list-tools.dto.js';
import { InputPipe } from './input.pipe.js';
import type { ToolView } from './tool.presenter.js';
import { ToolsController } from './tools.controller.js';

/** The same tools for older Engines, who expect three things otherwise: an alias, a field, and a wait that they do themselves. */
@ApiExcludeController()
@Controller('mcp/v1/tools')
export class LegacyToolsController extends ToolsController {
  @Get()
  override list(@Query(new InputPipe(ListToolsDto)) query: ListToolsDto): { tools: ToolView[] } {
    return { tools: super.list(query).tools.map(withAliases) };
  }

  @Get(':category')
  override listCategory(@Param('category') category: string): { tools: ToolView[] } {
    return { tools: super.listCategory(category).tools.map(withAliases) };
  }

  @Get(':category/:tool')
  override get(@Param('category') category: string, @Param('tool') tool: string): ToolView {
    return withAliases(super.get(category, tool));
  }

  @Post(':category/:tool/execute')
  @HttpCode(200)
  override async execute(
    @Param('category') category: string,
    @Param('tool') tool: string,
    @Query(new InputPipe(ExecuteQueryDto)) query: ExecuteQueryDto,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string | undefined> {
    // The older Engine sleeps by itself once this call is answered.
    const args = tool === 'wait_for_x_seconds' ? withoutWait(body) : body;
    const answer = await super.execute(category, tool, query, args, request, reply);
    return typeof answer === 'object' ? { ...answer, approval_required: null } : answer;
  }
}

function withAliases(tool: ToolView): ToolView {
  return {
    ...tool,
    parameters: tool.parameters.map((parameter) => ({
      ...parameter,
      aliases: parameter.name === 'name' ? ['resource_name'] : [],
    })),
  };
}

function withoutWait(body: unknown): unknown {
  const isWait = typeof body === 'object' && body !== null && 'seconds' in body;
  return isWait && /^\d{1,3}$/.test(String(body.seconds)) && Number(body.seconds) <= 300
    ? { ...body, seconds: 0 }
    : body;
}
