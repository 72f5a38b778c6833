import {
  BadRequestException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { hasMoreValues } from './value-count.js';

/** The paths whose bodies are JSON-RPC. */
const MCP_PATHS = /^\/(mcp|messages)(\/?\?|\/?$)/;

/**
 * The one type that browsers send for no page of another origin without asking this server first.
 */
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** Characters from which on the values of a body are counted before they are read. */
const MIN_COUNTED_CHARS = 256 * 1024;

/** Values and keys of a larger body. What makes the parameters of a tool large are texts. */
const MAX_VALUES = 50_000;

/**
 * Reads JSON bodies. No body at all is undefined, as the Engine's DELETE has a JSON content type
 * and no body. A POST without that type is refused even if it has no body: any web page could send
 * it. Broken JSON is refused, but under an MCP path it is handed on as text, which the MCP SDK
 * answers with JSON-RPC's parse error (-32700).
 */
export function parseJsonBodies(fastify: FastifyInstance, limitBytes: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', ({ method, is404, headers }, _reply, done) => {
    if (method !== 'POST' || is404 || JSON_TYPE.test(headers['content-type'] ?? '')) return done();
    done(
      new UnsupportedMediaTypeException(
        'A POST needs the header "Content-Type: application/json", also without a body.',
      ),
    );
  });
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: limitBytes },
    (request, body: string, done) => {
      if (body === '') return done(null, undefined);
      if (body.length > MIN_COUNTED_CHARS && hasMoreValues(body, MAX_VALUES)) {
        const message = `The body has more than ${MAX_VALUES} values. Give what is large, such as a manifest, as text.`;
        return done(new PayloadTooLargeException(message));
      }
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
