import type { FastifyReply } from 'fastify';
import type { Execution, ExecutionAnswers, ExecutionEvent, ExecutionReader } from '#executions';
import type { EventStream } from '../http/event-stream.js';
import type { HttpAnswers } from '../http/http-answers.js';
import { presentEvent, type EventView, type ExecutionView } from './execution.presenter.js';

/** What a stream works with. */
interface StreamParts {
  reader: ExecutionReader;
  answers: ExecutionAnswers;
  http: HttpAnswers;
}

/**
 * Answers with the events of an execution after one of them, to its result. Each event is read once
 * the client has taken the one before, so a slow client costs its connection and one event. A
 * client that does not read is dropped. One for whose event there is no room is told to come back.
 * Both continue with `Last-Event-ID`.
 */
export async function streamExecution(
  { reader, answers, http }: StreamParts,
  { id, after }: { id: string; after: number },
  reply: FastifyReply,
): Promise<void> {
  reply.hijack();
  const response = reply.raw;
  const hangUp = new AbortController();
  response.once('close', () => hangUp.abort());
  if (response.destroyed) hangUp.abort();
  const stream = http.stream(response);
  stream.open();
  const shown = (execution: Execution) => answers.shown(execution);
  const events = eventsOf(reader.follow(id, after, hangUp.signal), shown);
  try {
    const reason = await sendEvents(stream, events);
    // It has no id: a client that comes back asks for what follows the event before.
    if (reason !== undefined) stream.sendAnyway({ event: 'closing', data: { reason } });
    stream.end();
  } catch (error) {
    // The client sees that the stream is broken, and comes back.
    response.destroy();
    throw error;
  } finally {
    stream.stop();
  }
}

async function* eventsOf(
  events: AsyncIterable<ExecutionEvent>,
  shown: (execution: Execution) => Execution,
): AsyncGenerator<EventView, void> {
  for await (const event of events) {
    yield event.type === 'result'
      ? presentEvent({ ...event, execution: shown(event.execution) })
      : presentEvent(event);
  }
}

/** @returns the reason when the stream ends before the result */
async function sendEvents(
  stream: EventStream,
  events: AsyncIterable<EventView>,
): Promise<string | undefined> {
  for await (const event of events) {
    let refusal = stream.send(event);
    // There is never room for this result. It goes out without its output.
    if (refusal?.code === 'failed') {
      refusal = stream.send({ ...event, data: withoutOutput(event.data, refusal.message) });
    }
    if (refusal) return refusal.message;
    // A result may be long. Nothing here keeps it while it is written.
    if (event.event === 'result') return undefined;
    await stream.flushed();
  }
  return 'The server is stopping.';
}

/** The view of an ended execution whose output is too large for a stream. */
function withoutOutput(execution: object, why: string): object {
  const { id } = execution as ExecutionView;
  const result = `${why} GET /engine/v1/executions/${id}/output reads it in pieces.`;
  return { ...execution, result, data: undefined };
}
