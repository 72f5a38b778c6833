import { randomUUIDv7 } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

const ids = new WeakMap<object, string>();

/** Names the execution that a request starts. */
export function newExecutionId(request: FastifyRequest): string {
  const id = randomUUIDv7();
  setExecutionId(request, id);
  return id;
}

/** Says which execution a request is about. */
export function setExecutionId(request: FastifyRequest, id: string): void {
  ids.set(request.raw, id);
}

/** The execution that a request has started, if it has. */
export function executionIdOf(request: FastifyRequest): string | undefined {
  return ids.get(request.raw);
}
