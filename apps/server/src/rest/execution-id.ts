import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

const ids = new WeakMap<object, string>();

/** Names the execution that a request starts. */
export function newExecutionId(request: FastifyRequest): string {
  const id = randomUUID();
  ids.set(request.raw, id);
  return id;
}

/** The execution that a request has started, if it has. */
export function executionIdOf(request: FastifyRequest): string | undefined {
  return ids.get(request.raw);
}
