import { Controller, Get, HttpCode, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isFromThisMachine } from '../http/this-machine.js';
import { Readiness, type ReadinessReport } from './readiness.js';

/** The probes: alive, and fit to serve. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @ApiOperation({
    operationId: 'health',
    summary: 'Whether the server runs',
    description: 'For liveness probes. Asks no cluster.',
  })
  @Get()
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @ApiOperation({
    operationId: 'ready',
    summary:
      'Whether clusters and programs can be reached; on this machine also which of them cannot',
    description: 'For readiness probes. A server that reaches some of its clusters is ready.',
  })
  @Get('ready')
  @HttpCode(200)
  async ready(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadinessReport | Pick<ReadinessReport, 'status'>> {
    const report = await this.readiness.report();
    const { status } = report;
    if (status === 'error' || status === 'stopping') void reply.status(503);
    return isFromThisMachine(request) ? report : { status };
  }
}
