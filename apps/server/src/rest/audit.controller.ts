import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AuditStore, LOOPBACK, type AuditEntry } from '#access';
import { ToolError, type Principal } from '#tools';
import { principalOf } from '../http/authentication.js';
import { ListAuditDto } from './dto/audit.dto.js';
import { InputPipe } from './input.pipe.js';
import { utc } from './utc.js';

/** What a credential needs. */
const SCOPE = 'skyflo:audit';

/** The audit over REST. Entries are shown as they are kept, so that their hashes can be checked. */
@ApiTags('audit')
@Controller('engine/v1/audit')
export class AuditController {
  constructor(private readonly store: AuditStore) {}

  @ApiOperation({
    operationId: 'list_audit',
    summary: 'List the audit, newest first',
    description: `Needs the scope ${SCOPE}. \`next\` of a page is \`after\` of the next one.`,
  })
  @Get()
  async list(
    @Query(new InputPipe(ListAuditDto)) query: ListAuditDto,
    @Req() { raw }: FastifyRequest,
  ): Promise<{ entries: AuditEntry[]; next?: string | undefined }> {
    checkMayRead(principalOf(raw));
    const { limit, after, principal, tool, outcome, since, until } = query;
    const filter = {
      principal,
      tool,
      outcome,
      since: utc('since', since),
      until: utc('until', until),
    };
    try {
      return await this.store.list(filter, { limit, after });
    } catch (cause) {
      throw new ToolError('unavailable', 'The database with the audit does not answer.', { cause });
    }
  }
}

/**
 * The audit tells what all others do, so a credential must name the scope. Whoever has the token of
 * this machine can read the database anyway.
 * @throws ToolError `forbidden`
 */
function checkMayRead({ id, isAnonymous, scopes = [] }: Principal): void {
  if (isAnonymous || id === LOOPBACK.id || scopes.includes(SCOPE)) return;
  throw new ToolError('forbidden', `Reading the audit needs the scope ${SCOPE}.`, {
    neededScope: SCOPE,
  });
}
