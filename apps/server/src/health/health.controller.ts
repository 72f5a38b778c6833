import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readiness, type ReadinessReport } from './readiness.js';

/** The probes: alive, and fit to serve. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @ApiOperation({ operationId: 'health', summary: 'Whether the server runs' })
  @Get()
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @ApiOperation({ operationId: 'ready', summary: 'Whether clusters and programs can be reached' })
  @Get('ready')
  @HttpCode(200)
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    if (report.status === 'error') void reply.status(503);
    return report;
  }
}
