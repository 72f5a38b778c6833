import { ToolError } from '#tools';

/** Milliseconds without any answer, after which the API server is probed. */
const SUSPICIOUS_MS = 5_000;
/** Milliseconds that the first probe may take. */
const PROBE_MS = 5_000;
/**
 * Milliseconds for later probes: as long as a request may take, so that a slow server can close the
 * breaker.
 */
const LATER_PROBE_MS = 30_000;
const SWEEP_MS = 1_000;
/** Milliseconds between two probes: the first pause and the longest. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 4_000;
/** A request that fails within this time holds nobody up. */
const QUICK_MS = 1_000;

interface BreakerParts {
  /** Name of the API server, to begin a sentence. */
  name: string;
  /** Asks it for its version. False if it does not answer within `limitMs` milliseconds. */
  answers: (limitMs: number) => Promise<boolean>;
  /** Called when the breaker opens: existing connections may be dead. */
  opened: () => void;
}

/** A request on its way. */
export interface PendingRequest {
  /** When it began, as `performance.now()` counts. */
  readonly startedAt: number;
  /** Whether it has gone out. Until then it waits for a connection. */
  isSent: boolean;
  /** Ends it. */
  readonly giveUp: (reason: ToolError) => void;
}

/**
 * A circuit breaker: fails requests at once while an API server does not answer, so that calls to
 * it do not hold up others. It opens when the server has answered no request for five seconds and
 * does not answer a probe. It closes with the next answer.
 */
export class Breaker {
  /** The oldest first. */
  private readonly pending = new Set<PendingRequest>();
  private sweeper: NodeJS.Timeout | undefined;
  private lastAnswerAt = -Infinity;
  /** When the first request since the last answer began. */
  private silentSince = Infinity;
  private isAsking = false;
  private openSince: number | undefined;
  private isClosed = false;

  constructor(private readonly parts: BreakerParts) {}

  /** Why no request can be sent now; undefined while they can. */
  get refusal(): ToolError | undefined {
    if (this.openSince === undefined) return undefined;
    const seconds = Math.round((performance.now() - this.openSince) / 1_000);
    return new ToolError(
      'unavailable',
      `${this.parts.name} has not answered for ${seconds} s. This server keeps asking until it does.`,
    );
  }

  /**
   * Notes a request, to be ended with `leave`.
   * @throws ToolError `unavailable` while the API server does not answer
   */
  enter(giveUp: (reason: ToolError) => void): PendingRequest {
    const { refusal } = this;
    if (refusal) throw refusal;
    const request = { startedAt: performance.now(), isSent: false, giveUp };
    this.pending.add(request);
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    return request;
  }

  /** Notes the end of a request. */
  leave(request: PendingRequest, isAnswered: boolean): void {
    this.pending.delete(request);
    if (isAnswered) this.noteAnswer();
    else if (performance.now() - request.startedAt >= QUICK_MS) {
      this.silentSince = Math.min(this.silentSince, request.startedAt);
      this.sweep();
    }
  }

  /** Asks no more, and refuses no request. */
  close(): void {
    this.isClosed = true;
    this.openSince = undefined;
    clearInterval(this.sweeper);
  }

  private noteAnswer(): void {
    this.lastAnswerAt = performance.now();
    this.silentSince = Infinity;
    this.openSince = undefined;
  }

  private sweep(): void {
    const [oldest] = this.pending;
    if (!oldest) {
      clearInterval(this.sweeper);
      this.sweeper = undefined;
    }
    const firstUnanswered = Math.min(this.silentSince, oldest?.startedAt ?? Infinity);
    const since = Math.max(firstUnanswered, this.lastAnswerAt);
    if (this.isClosed || this.isAsking || performance.now() - since < SUSPICIOUS_MS) return;
    void this.ask(since);
  }

  private async ask(since: number): Promise<void> {
    this.isAsking = true;
    const askedAt = performance.now();
    const isThere = await this.parts.answers(PROBE_MS);
    if (isThere) this.noteAnswer();
    // A request may have been answered in its place.
    else if (this.lastAnswerAt < askedAt && !this.isClosed) await this.open(since);
    this.isAsking = false;
  }

  /** Refuses requests until the API server answers something. */
  private async open(since: number): Promise<void> {
    this.openSince = since;
    this.parts.opened();
    for (const request of this.pending) {
      const { refusal } = this;
      if (refusal && !request.isSent) request.giveUp(refusal);
    }
    let pauseMs = FIRST_PAUSE_MS;
    while (this.openSince !== undefined && !this.isClosed) {
      void this.parts.answers(LATER_PROBE_MS).then((isThere) => {
        if (isThere) this.noteAnswer();
      });
      await new Promise<void>((resolve) => void setTimeout(resolve, pauseMs).unref());
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
  }
}
