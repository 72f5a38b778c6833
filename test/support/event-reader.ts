import { expect } from 'vitest';
import { proxiedFetch } from './proxied-fetch.js';

/** A server-sent event, and when it came, by `performance.now()`. */
export interface StreamEvent {
  id: number | undefined;
  event: string;
  data: Record<string, unknown>;
  at: number;
}

/** Reads an event stream of the REST door. */
export class EventReader {
  /** Those that have come so far. */
  readonly events: StreamEvent[] = [];
  /** Resolves when the stream has ended, true if it was not broken off. */
  readonly ended: Promise<boolean>;

  private constructor(
    response: Response,
    private readonly abort: AbortController,
  ) {
    this.ended = this.read(response).then(
      () => true,
      () => false,
    );
  }

  /** Opens a stream; anything but a stream fails the test. */
  static async open(url: string, init: RequestInit = {}): Promise<EventReader> {
    const abort = new AbortController();
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/event-stream');
    const response = await proxiedFetch(url, { ...init, headers, signal: abort.signal });
    const type = response.headers.get('content-type');
    expect([response.status, type]).toEqual([200, 'text/event-stream']);
    return new EventReader(response, abort);
  }

  /** The text of all output events so far. */
  get output(): string {
    return this.of('output')
      .map(({ data }) => String(data['text']))
      .join('');
  }

  of(event: string): StreamEvent[] {
    return this.events.filter((it) => it.event === event);
  }

  /** The last event, once it has come. */
  async result(): Promise<StreamEvent> {
    expect(await this.ended).toBe(true);
    const last = this.events.at(-1);
    expect(last?.event).toBe('result');
    return last!;
  }

  /** Waits until so many events of a kind have come. */
  async reach(event: string, count = 1): Promise<void> {
    await expect
      .poll(() => this.of(event).length, { timeout: 15_000, interval: 20 })
      .toBeGreaterThanOrEqual(count);
  }

  /** Breaks the connection. */
  close(): void {
    this.abort.abort();
  }

  private async read(response: Response): Promise<void> {
    let rest: string[] = [];
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      rest.push(text);
      if (!`${rest.at(-2)?.slice(-1)}${text}`.includes('\n\n')) continue;
      const blocks = rest.join('').split('\n\n');
      rest = [blocks.pop() ?? ''];
      for (const block of blocks) this.take(block);
    }
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]),
    );
    const event = fields.get('event');
    if (!event) return;
    const id = fields.get('id');
    this.events.push({
      id: id === undefined ? undefined : Number(id),
      event,
      data: JSON.parse(fields.get('data') ?? 'null') as Record<string, unknown>,
      at: performance.now(),
    });
  }
}
