import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ToolError, ToolRegistry } from '#tools';
import { conditionsOf, type GivenCondition } from './given-conditions.js';
import { narrowingBy, type Narrowing } from './narrowing.js';

/** Reads how clients narrow their connections, and checks it against the tools of the server. */
@Injectable()
export class Narrowings {
  constructor(private readonly registry: ToolRegistry) {}

  /** @throws ToolError `invalid_input` as `narrowingBy` */
  by(given: readonly GivenCondition[]): Narrowing {
    return narrowingBy(given, this.registry.list());
  }

  /** The narrowing that a request asks for. @throws ToolError `invalid_input` as `by` */
  of(request: IncomingMessage): Narrowing {
    return this.by(conditionsOf(request));
  }

  /**
   * Checks a later request of a session, which keeps its narrowing. The conditions of the request
   * may be fewer: over HTTP+SSE, a query is only in the first one.
   * @throws ToolError `invalid_input` as `by`, and for conditions that the session does not keep
   */
  checkLater(opened: Narrowing, request: IncomingMessage): void {
    const given = conditionsOf(request);
    if (given.length === 0) return;
    const tools = this.registry.list();
    const asked = narrowingBy(given, tools);
    if (tools.every((tool) => asked.allows(tool) || !opened.allows(tool))) return;
    throw new ToolError(
      'invalid_input',
      `This session was opened with ${opened.toString()}, and keeps that. Open another session for ${asked.toString()}.`,
    );
  }
}
