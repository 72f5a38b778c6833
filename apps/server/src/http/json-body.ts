import {
  BadRequestException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { hasMoreValues } from './value-count.js';

/** The paths whose bodies are JSON-RPC. */
const MCP_PATHS = /^\/(mcp|messages)(\/?\?|\/?$)/;

/** A browser asks this server first before it sends this type for a page of another origin. */
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** Characters of a body above which its values are counted before it is parsed. */
const MIN_COUNTED_CHARS = 256 * 1024;

/** Values and keys that such a body may have. Large parameters of tools are texts. */
const MAX_VALUES = 50_000;

/**
 * Reads JSON bodies. An empty body is undefined: the Engine sends DELETE with a JSON content type
 * and no body. A POST without that type is refused even without a body, because any web page can
 * send one. Broken JSON is refused. Under an MCP path it is passed on as text instead, and the MCP
 * SDK answers it with JSON-RPC's parse error (-32700).
 */
export function parseJsonBodies(fastify: FastifyInstance, limitBytes: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', ({ method, is404, headers }, _reply, done) => {
    if (method !== 'POST' || is404 || JSON_TYPE.test(headers['content-type'] ?? '')) return done();
    done(
      new UnsupportedMediaTypeException(
        'A POST needs the header "Content-Type: application/json", even without a body.',
      ),
    );
  });
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: limitBytes },
    (request, body: string, done) => {
      if (body === '') return done(null, undefined);
      if (body.length > MIN_COUNTED_CHARS && hasMoreValues(body, MAX_VALUES)) {
        const message = `The body has more than ${MAX_VALUES} values. Send large content, such as a manifest, as text.`;
        return done(new PayloadTooLargeException(message));
      }
      try {
        // Integers beyond 2^53 are rounded here. No parameter takes one.
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
