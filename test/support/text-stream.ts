import { expect, vi } from 'vitest';

/** Reads an event stream as it comes. */
export class TextStream {
  /** What has come so far. */
  text = '';
  /** Resolves when the stream has ended, true if it was not broken off. */
  readonly ended: Promise<boolean>;
  readonly headers: Headers;
  private readonly abort: AbortController;

  private constructor(response: Response, abort: AbortController) {
    this.abort = abort;
    this.headers = response.headers;
    this.ended = this.read(response).then(
      () => true,
      () => false,
    );
  }

  /** Opens a stream; anything but a stream fails the test. */
  static async open(url: string, init: RequestInit): Promise<TextStream> {
    const abort = new AbortController();
    const response = await fetch(url, { ...init, signal: abort.signal });
    const type = response.headers.get('content-type');
    expect([response.status, type]).toEqual([200, 'text/event-stream']);
    return new TextStream(response, abort);
  }

  /** What a pattern matches once it has come. */
  async find(pattern: RegExp): Promise<string> {
    await vi.waitFor(() => expect(this.text).toMatch(pattern), { timeout: 10_000 });
    return pattern.exec(this.text)![0];
  }

  /** Breaks the connection. */
  close(): void {
    this.abort.abort();
  }

  private async read(response: Response): Promise<void> {
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) this.text += text;
  }
}
