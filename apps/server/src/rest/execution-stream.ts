import type { FastifyReply } from 'fastify';
import type { Execution, ExecutionAnswers, ExecutionEvent, ExecutionReader } from '#executions';
import { CREDENTIAL_ENDED } from '../http/credential-watch.js';
import type { EventStream } from '../http/event-stream.js';
import type { HttpAnswers } from '../http/http-answers.js';
import { presentEvent, type EventView, type ExecutionView } from './execution.presenter.js';

/** The services that a stream needs. */
interface StreamParts {
  reader: ExecutionReader;
  answers: ExecutionAnswers;
  http: HttpAnswers;
}

/**
 * Answers with the events of an execution that follow the event `after`, up to its result. An event
 * is read from the execution only when the client has taken the one before, so a slow client costs
 * one connection and one event. A client that does not read is dropped. If there is no room for an
 * event, or the credential of the request ends, the stream ends with a `closing` event. The client
 * can continue with `Last-Event-ID`, and the credential that it has then.
 * @param asked characters of the result that its reader asks for
 */
export async function streamExecution(
  { reader, answers, http }: StreamParts,
  { id, after, asked }: { id: string; after: number; asked: number | undefined },
  reply: FastifyReply,
): Promise<void> {
  reply.hijack();
  const response = reply.raw;
  const stop = new AbortController();
  response.once('close', () => stop.abort());
  if (response.destroyed) stop.abort();
  const stream = http.stream(response);
  stream.onExpired = () => stop.abort(CREDENTIAL_ENDED);
  stream.open();
  const shown = (execution: Execution) => answers.shown(execution, asked);
  const events = eventsOf(reader.follow(id, after, stop.signal), shown);
  try {
    const reason = await sendEvents(stream, events, stop.signal);
    // This event has no id, so a client that comes back continues after the event before it.
    if (reason !== undefined) stream.sendAnyway({ event: 'closing', data: { reason } });
    stream.end();
  } catch (error) {
    // A broken connection tells the client that the stream is not complete.
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
  stop: AbortSignal,
): Promise<string | undefined> {
  for await (const event of events) {
    if (stop.aborted) break;
    let refusal = stream.send(event);
    // There is never room for a result of this size. It goes out without its output.
    if (refusal?.code === 'failed') {
      refusal = stream.send({ ...event, data: withoutOutput(event.data, refusal.message) });
    }
    if (refusal) return refusal.message;
    // A result may be large. Returning now lets its memory go while it is written.
    if (event.event === 'result') return undefined;
    await stream.flushed();
  }
  return stop.reason === CREDENTIAL_ENDED ? CREDENTIAL_ENDED : 'The server is stopping.';
}

/** The view of an ended execution whose output is too large for a stream. */
function withoutOutput(execution: object, why: string): object {
  const { id } = execution as ExecutionView;
  const result = `${why} GET /engine/v1/executions/${id}/output reads it in pieces.`;
  return { ...execution, result, data: undefined };
}
