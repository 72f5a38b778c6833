import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isRecord } from '#base';
import { ExecuteQueryDto, ListToolsDto } from './dto/list-tools.dto.js';
import { InputPipe } from './input.pipe.js';
import type { ToolView } from './tool.presenter.js';
import { ToolsController } from './tools.controller.js';

/**
 * The same tools for older Engines. Three things differ: the aliases of `name`, the field
 * `approval_required` in answers, and `wait_for_x_seconds`, which returns at once.
 */
@ApiExcludeController()
@Controller('mcp/v1/tools')
export class LegacyToolsController extends ToolsController {
  @Get()
  override async list(
    @Query(new InputPipe(ListToolsDto)) query: ListToolsDto,
    @Req() request: FastifyRequest,
  ): Promise<{ tools: ToolView[] }> {
    const { tools } = await super.list(query, request);
    return { tools: tools.map(withAliases) };
  }

  @Get(':category')
  override async listCategory(
    @Param('category') category: string,
    @Req() request: FastifyRequest,
  ): Promise<{ tools: ToolView[] }> {
    const { tools } = await super.listCategory(category, request);
    return { tools: tools.map(withAliases) };
  }

  @Get(':category/:tool')
  override async get(
    @Param('category') category: string,
    @Param('tool') tool: string,
    @Req() request: FastifyRequest,
  ): Promise<ToolView> {
    return withAliases(await super.get(category, tool, request));
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
    // The older Engine waits by itself after this answer.
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
  return isRecord(body) && isWait(body['seconds']) ? { ...body, seconds: 0 } : body;
}

/** Whether the tool accepts this value. The tool itself refuses any other. */
function isWait(seconds: unknown): boolean {
  const isWhole =
    typeof seconds === 'string' ? /^\s*\d{1,3}\s*$/.test(seconds) : Number.isInteger(seconds);
  return isWhole && Number(seconds) >= 0 && Number(seconds) <= 300;
}
