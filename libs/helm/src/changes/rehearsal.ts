import type { Cluster, ProgramAnswer, ProgramRequest } from '#cluster';
import { ToolError } from '#tools';
import { ChartKinds } from './chart-kinds.js';
import { RehearsedWrites } from './rehearsed-writes.js';

/** Requests that are sent to the API server at the same time. */
const REQUEST_CONCURRENCY = 16;

/**
 * What answers helm in place of an API server while it rehearses a change. Reads are passed on, and
 * every write becomes a dry run. So helm decides what it would send, and the API server what the
 * result would be.
 */
export class Rehearsal {
  readonly writes: RehearsedWrites;
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /** @param kinds that the API server does not serve yet */
  constructor(
    cluster: Cluster,
    private readonly signal: AbortSignal,
    kinds = new ChartKinds(),
  ) {
    this.writes = new RehearsedWrites(cluster, signal, kinds);
  }

  /** Answers a request of helm. */
  async answer(request: ProgramRequest): Promise<ProgramAnswer> {
    const { status, headers, body } = await this.inTurn(() => this.pass(request));
    const type = headers['content-type'] ?? 'application/json';
    return { status, headers: { 'content-type': type }, body };
  }

  private pass({ method, target, headers, body }: ProgramRequest) {
    const url = new URL(target, 'http://localhost');
    const query = Object.fromEntries(url.searchParams);
    if (query['watch'] !== undefined) {
      throw new ToolError('failed', 'A rehearsal changes nothing, so there is nothing to watch.');
    }
    const { accept, 'content-type': contentType } = headers;
    const options = { query, accept, contentType, signal: this.signal };
    return method === 'GET'
      ? this.writes.read(url.pathname, options)
      : this.writes.write(url.pathname, { ...options, method, body });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= REQUEST_CONCURRENCY)
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}
