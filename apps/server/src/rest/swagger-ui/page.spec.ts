import { describe, expect, it } from 'vitest';
import { TOOL_ERROR_CODES } from '#tools';
// @ts-expect-error What runs in the page is JavaScript.
import { eventsOf, follow } from './page/event-stream.js';
// @ts-expect-error As above.
import { MEANINGS } from './page/errors.js';
// @ts-expect-error As above.
import { after, STARTED } from './page/execution.js';
// @ts-expect-error As above.
import { textOf, textOfBody } from './page/text.js';

interface Event {
  id?: string;
  type: string;
  data: unknown;
}

const answer = (...pieces: string[]) =>
  new Response(ReadableStream.from(pieces.map((piece) => new TextEncoder().encode(piece))));

async function all(events: AsyncIterable<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('events', () => {
  it('are read where a piece ends within one, and without comments', async () => {
    const { body } = answer(
      ': keepalive\n\nid: 1\nevent: out',
      'put\ndata: {"text":"a: b\\n"}\n',
      '\nevent: closing\ndata: {}\n\n',
    );
    expect(await all(eventsOf(body))).toEqual([
      { id: '1', type: 'output', data: { text: 'a: b\n' } },
      { id: undefined, type: 'closing', data: {} },
    ]);
  });
});

describe('a stream that is followed', () => {
  const RESULT = 'event: result\nid: 9\ndata: {"status":"succeeded"}\n\n';
  const following = (...answers: (() => Response)[]) => {
    const asked: string[] = [];
    const ask = async (headers: Record<string, string>) => {
      asked.push(headers['last-event-id'] ?? '');
      return answers.shift()!();
    };
    return { asked, events: follow(ask, 1) as AsyncIterable<Event> };
  };

  it('goes on after its last event until the result', async () => {
    const { asked, events } = following(
      () => answer('id: 4\nevent: output\ndata: {"text":"a"}\n\nevent: closing\ndata: {}\n\n'),
      () => {
        throw new TypeError('network error');
      },
      () => answer(RESULT),
    );
    const types = (await all(events)).map(({ type }) => type);
    expect(types).toEqual(['output', 'closing', 'result']);
    expect(asked).toEqual(['0', '4', '4']);
  });

  it('ends with a refusal', async () => {
    const { events } = following(() => {
      throw Object.assign(new Error('The token has expired.'), { status: 401 });
    });
    await expect(all(events)).rejects.toThrow('The token has expired.');
  });

  it('ends when the server does not come back', async () => {
    const nothing = Array.from({ length: 9 }, () => () => answer());
    const { asked, events } = following(...nothing);
    await expect(all(events)).rejects.toThrow('The execution may go on.');
    expect(asked).toHaveLength(5);
  });
});

describe('an execution', () => {
  it('has its output as it comes, and at its end what it is then', () => {
    const run = [
      { type: 'progress', data: { progress: 1, total: 2 } },
      { type: 'output', data: { text: 'one\n' } },
      { type: 'output', data: { text: 'two\n' } },
    ].reduce(after, STARTED) as object;
    expect(run).toMatchObject({
      status: 'in progress',
      output: 'one\ntwo\n',
      progress: { total: 2 },
    });
    const failed = { status: 'failed', result: 'one\n', error: { detail: 'It failed.' } };
    expect(after(run, { type: 'result', data: failed })).toMatchObject({
      status: 'failed',
      output: 'It failed.\n\none\n',
    });
    const cancelled = { status: 'cancelled', error: { detail: 'It was cancelled.' } };
    expect(after(run, { type: 'result', data: cancelled })).toMatchObject({
      status: 'cancelled',
      output: 'It was cancelled.\n\none\ntwo\n',
    });
  });
});

describe('the text of an answer', () => {
  it.each([
    ['an output', { status: 'success', result: 'a\nb' }, 'a\nb'],
    ['a problem', { detail: 'No.', output: 'so far' }, 'No.\n\nso far'],
    [
      'wrong parameters',
      { detail: 'Wrong.', errors: [{ field: 'seconds', message: 'too many' }] },
      'Wrong.\n\nseconds: too many',
    ],
    ['nothing', { tools: [] }, undefined],
    ['an empty output', { result: '' }, undefined],
  ])('is that of %s', (_name, body, text) => {
    expect(textOf(body)).toBe(text);
  });

  it('is the body where that is text, and nothing where it cannot be read', () => {
    expect(textOfBody('a\nb', 'text/plain; charset=utf-8')).toBe('a\nb');
    expect(textOfBody('{"result":"a"}', 'application/json')).toBe('a');
    expect(textOfBody('{', 'application/problem+json')).toBeUndefined();
    expect(textOfBody('null', 'application/json')).toBeUndefined();
    expect(textOfBody('a', 'text/csv')).toBeUndefined();
  });
});

describe('the table of errors', () => {
  it('says what each code means', () => {
    expect(Object.keys(MEANINGS as object).sort()).toEqual([...TOOL_ERROR_CODES].sort());
  });
});
