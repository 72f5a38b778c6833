import { randomUUIDv7 } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** The execution that a request has started. */
interface StartedExecution {
  id: string;
  /** Whether it changes nothing. The same call may then be made again. */
  isRead: boolean;
}

const STARTED = Symbol('started');

/** A request with a note of what it has started: cheaper than a WeakMap for each call. */
interface NotedRequest {
  [STARTED]?: StartedExecution;
}

/** Makes an id for the execution that a request starts. */
export function newExecutionId(request: FastifyRequest, isRead: boolean): string {
  const id = randomUUIDv7();
  setStarted(request, { id, isRead });
  return id;
}

/** Notes which execution a request has started. */
export function setStarted(request: FastifyRequest, execution: StartedExecution): void {
  (request.raw as NotedRequest)[STARTED] = execution;
}

/** The execution that a request has started, or undefined. */
export function startedBy(request: FastifyRequest): StartedExecution | undefined {
  return (request.raw as NotedRequest)[STARTED];
}
