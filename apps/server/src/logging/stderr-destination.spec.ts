import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StderrDestination } from './stderr-destination.js';

const INFO = 30;
const ERROR = 50;

/** A destination that writes to a stream of its own, and the chunks that the stream has got. */
function destination() {
  const stream = new PassThrough();
  const chunks: string[] = [];
  const write = stream.write.bind(stream) as (chunk: string) => boolean;
  stream.write = (chunk: string) => {
    chunks.push(chunk);
    return write(chunk);
  };
  const log = new StderrDestination(stream);
  const line = (text: string, level = INFO) => {
    log.lastLevel = level;
    log.write(`${text}\n`);
  };
  return { stream, chunks, line };
}

describe(StderrDestination.name, () => {
  it('writes lines together', async () => {
    const { chunks, line } = destination();
    line('one');
    line('two');
    expect(chunks).toEqual([]);
    await expect.poll(() => chunks).toEqual(['one\ntwo\n']);
  });

  it('writes an error at once, after what stands before it', () => {
    const { chunks, line } = destination();
    line('one');
    line('gone', ERROR);
    expect(chunks).toEqual(['one\ngone\n']);
  });

  it('drops lines, and says so once, while nobody reads', () => {
    const { stream, chunks, line } = destination();
    const long = 'x'.repeat(5 * 1024 * 1024);
    line(long, ERROR);
    for (const text of ['two', 'three']) line(text, ERROR);
    expect(chunks.slice(1)).toEqual([expect.stringContaining('dropped')]);
    stream.resume();
    return expect
      .poll(() => {
        line('again', ERROR);
        return chunks.at(-1);
      })
      .toBe('again\n');
  });
});
