import { BadRequestException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** The paths whose bodies are JSON-RPC. */
const MCP_PATHS = /^\/(mcp|messages)(\/?\?|\/?$)/;

/**
 * Reads JSON bodies. No body at all is undefined, as the Engine's DELETE has a JSON content type and no body. Broken JSON is refused,
 * but under an MCP path it is handed on as text, which the MCP SDK answers with JSON-RPC's parse error (-32700).
 */
export function parseJsonBodies(fastify: FastifyInstance, limitBytes: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: limitBytes },
    (request, body: string, done) => {
      if (body === '') return done(null, undefined);
      try {
        // Whole numbers beyond 2^53 are rounded here, but no parameter takes one.
        done(null, JSON.parse(body));
      } catch (error) {
        if (MCP_PATHS.test(request.url)) return done(null, body);
        done(
          new BadRequestException(`The body is not JSON: ${(error as Error).message}.`, {
            cause: error,
          }),
        );
      }
    },
  );
}
