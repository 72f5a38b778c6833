import type { FastifyReply } from 'fastify';
import type { ExecutionAnswers, ExecutionReader } from '#executions';
import type { Unread } from '../http/unread.js';
import { streamEvents } from './event-stream.js';
import { presentEvent } from './execution.presenter.js';

/** What a stream works with. */
interface StreamParts {
  reader: ExecutionReader;
  answers: ExecutionAnswers;
  unread: Unread;
}

/** Answers with the events of an execution after one of them, to its result. */
export async function streamExecution(
  { reader, answers, unread }: StreamParts,
  { id, after }: { id: string; after: number },
  reply: FastifyReply,
): Promise<void> {
  reply.hijack();
  await streamEvents(reply.raw, unread, async function* (signal) {
    for await (const event of reader.follow(id, after, signal)) {
      yield event.type === 'result'
        ? presentEvent({ ...event, execution: answers.shown(event.execution) })
        : presentEvent(event);
    }
  });
}
