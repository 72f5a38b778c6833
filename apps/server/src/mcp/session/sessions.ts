import { Shares } from '#base';

/** A client's session, as far as its end is concerned. */
export interface Session {
  readonly id: string;
  /** Whose it is, as `StartOptions.caller`. */
  readonly caller: string;
  /** Whether a call is running, so that it may not be ended to make room. */
  isRunning(): boolean;
  /** Whether the client holds a stream open, so that it is there although it asks nothing. */
  isWatched(): boolean;
  /** Ends it with all its calls and streams. */
  close(): Promise<void>;
}

interface SessionLimits {
  /** Most sessions that may be open. */
  max: number;
  /** Percent of what the others leave that one caller may have. */
  callerPercent: number;
  /** Milliseconds without use after which a session that nobody watches ends. */
  idleMs: number;
}

/**
 * The open sessions of one transport: their number is bounded, and the unused ones end. A caller
 * who has its share of them loses the one of its own that it used longest ago, so that nobody can
 * end a stranger's.
 */
export class Sessions<T extends Session> {
  /** The one that was used longest ago comes first. */
  private readonly byId = new Map<string, { session: T; usedAt: number }>();
  private readonly shares: Shares;
  private readonly sweeper: NodeJS.Timeout;

  constructor(private readonly limits: SessionLimits) {
    this.shares = new Shares(limits.max, limits.callerPercent);
    this.sweeper = setInterval(() => this.endIdle(), Math.min(limits.idleMs / 4, 30_000)).unref();
  }

  /** Finds a session and notes that it is used. */
  use(id: string): T | undefined {
    const entry = this.byId.get(id);
    if (!entry) return undefined;
    this.byId.delete(id);
    this.byId.set(id, { ...entry, usedAt: Date.now() });
    return entry.session;
  }

  /** Whether a caller can have one more: not when all of its own are at work. */
  hasRoom(caller: string): boolean {
    return this.shares.hasRoom(caller) || this.idlest(caller) !== undefined;
  }

  /**
   * Adds a session, for which those of its caller that were used longest ago are ended if need be.
   * @returns whether there was room
   */
  add(session: T): boolean {
    const { id, caller } = session;
    while (!this.shares.hasRoom(caller)) {
      const leaving = this.idlest(caller);
      if (!leaving) return false;
      this.end(leaving);
    }
    this.shares.tryTake(caller);
    this.byId.set(id, { session, usedAt: Date.now() });
    return true;
  }

  delete(id: string): void {
    const entry = this.byId.get(id);
    if (!entry) return;
    this.byId.delete(id);
    this.shares.giveBack(entry.session.caller);
  }

  /** Ends them all and stops looking for unused ones. */
  async closeAll(): Promise<void> {
    clearInterval(this.sweeper);
    await Promise.all([...this.byId.values()].map(({ session }) => session.close()));
  }

  /** The session of a caller that does nothing and was used longest ago. */
  private idlest(caller: string): T | undefined {
    for (const { session } of this.byId.values()) {
      if (session.caller === caller && !session.isRunning()) return session;
    }
    return undefined;
  }

  private endIdle(): void {
    const usedBefore = Date.now() - this.limits.idleMs;
    for (const { session, usedAt } of this.byId.values()) {
      if (usedAt > usedBefore) return;
      if (!session.isRunning() && !session.isWatched()) this.end(session);
    }
  }

  private end(session: T): void {
    this.delete(session.id);
    void session.close();
  }
}
