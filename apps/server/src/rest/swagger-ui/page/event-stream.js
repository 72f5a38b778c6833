/** Times that a stream is asked for again while it gives nothing. */
const ATTEMPTS = 5;
const PAUSE_MS = 1_000;

/** The events of a `text/event-stream`, as they arrive (WHATWG HTML, 9.2). */
export async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop();
      yield* blocks.map(eventOf).filter(({ type }) => type !== undefined);
    }
  } finally {
    await reader.cancel();
  }
}

function eventOf(block) {
  const lines = block.split('\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
  });
  const { id, event: type, data = 'null' } = Object.fromEntries(lines);
  return { id, type, data: JSON.parse(data) };
}

/**
 * The events of an execution up to its result. A stream that ends before that goes on after its
 * last event. An `EventSource` would do so too, but cannot prove who asks.
 * @param ask sends the request for the events, with these headers
 * @param pauseMs before it asks again
 */
export async function* follow(ask, pauseMs = PAUSE_MS) {
  let last = '0';
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    try {
      const answer = await ask({ accept: 'text/event-stream', 'last-event-id': last });
      for await (const event of eventsOf(answer.body)) {
        yield event;
        if (event.type === 'result') return;
        last = event.id ?? last;
        left = ATTEMPTS;
      }
    } catch (error) {
      // That is how a `fetch` fails when it does not reach the server.
      if (!(error instanceof TypeError) && error.status !== 503) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error('The server does not answer any more. The execution may go on.');
}
