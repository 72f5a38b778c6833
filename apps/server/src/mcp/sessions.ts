/** A client's session, as far as its end is concerned. */
export interface Session {
  readonly id: string;
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
  /** Milliseconds without use after which a session that nobody watches ends. */
  idleMs: number;
}

/** The open sessions of one transport: their number is bounded, and the unused ones end. */
export class Sessions<T extends Session> {
  /** The one that was used longest ago comes first. */
  private readonly byId = new Map<string, { session: T; usedAt: number }>();
  private readonly sweeper: NodeJS.Timeout;

  constructor(private readonly limits: SessionLimits) {
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

  /** Whether one more can be added: not when all of them are at work. */
  hasRoom(): boolean {
    return this.byId.size < this.limits.max || this.idlest() !== undefined;
  }

  /** Adds a session, for which the one that was used longest ago is ended if need be. */
  add(session: T): void {
    const leaving = this.byId.size < this.limits.max ? undefined : this.idlest();
    if (leaving) this.end(leaving);
    this.byId.set(session.id, { session, usedAt: Date.now() });
  }

  delete(id: string): void {
    this.byId.delete(id);
  }

  /** Ends them all and stops looking for unused ones. */
  async closeAll(): Promise<void> {
    clearInterval(this.sweeper);
    await Promise.all([...this.byId.values()].map(({ session }) => session.close()));
  }

  private idlest(): T | undefined {
    for (const { session } of this.byId.values()) if (!session.isRunning()) return session;
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
    this.byId.delete(session.id);
    void session.close();
  }
}
