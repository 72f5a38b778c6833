import type { FastifyReply } from 'fastify';
import type { Executions } from '#executions';
import type { Unread } from '../http/unread.js';
import { streamEvents } from './event-stream.js';
import { presentEvent } from './execution.presenter.js';

/** What a stream works with. */
interface StreamParts {
  executions: Executions;
  unread: Unread;
}

/** Answers with the events of an execution after one of them, to its result. */
export async function streamExecution(
  { executions, unread }: StreamParts,
  { id, after }: { id: string; after: number },
  reply: FastifyReply,
): Promise<void> {
  reply.hijack();
  await streamEvents(reply.raw, unread, async function* (signal) {
    for await (const event of executions.follow(id, after, signal)) {
      yield event.type === 'result'
        ? presentEvent({ ...event, execution: executions.shown(event.execution) })
        : presentEvent(event);
    }
  });
}
