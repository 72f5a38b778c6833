import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

/** The probe of older deployments. */
@ApiExcludeController()
@Controller('mcp/v1/health')
export class LegacyHealthController {
  @Get()
  health(): { status: 'healthy' } {
    return { status: 'healthy' };
  }
}
