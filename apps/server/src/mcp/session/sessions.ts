import type { IncomingMessage } from 'node:http';
import { Shares } from '#base';

/** A client's session. */
export interface Session {
  readonly id: string;
  /** Its owner, as `StartOptions.caller`. */
  readonly caller: string;
  /** Whether a request comes from its owner. */
  isOf(request: IncomingMessage): boolean;
  /** Whether a call is running. Such a session is not ended to make room. */
  isRunning(): boolean;
  /** Whether the client holds a stream open. Such a session is in use without requests. */
  isWatched(): boolean;
  /** Ends the session with all its calls and streams. */
  close(): Promise<void>;
}

interface SessionLimits {
  /** Maximum number of open sessions. */
  max: number;
  /** Percentage of what the others leave free that one caller may use. */
  callerPercent: number;
  /** Milliseconds without use after which a session without a stream ends. */
  idleMs: number;
}

/**
 * The open sessions of one transport. Their number is limited, and unused ones end. A caller that
 * has its full share loses its own least recently used session, so no caller can end the session of
 * another.
 */
export class Sessions<T extends Session> {
  /** The least recently used session comes first. */
  private readonly byId = new Map<string, { session: T; usedAt: number }>();
  private readonly shares: Shares;
  private readonly sweeper: NodeJS.Timeout;

  constructor(private readonly limits: SessionLimits) {
    this.shares = new Shares(limits.max, limits.callerPercent);
    this.sweeper = setInterval(() => this.endIdle(), Math.min(limits.idleMs / 4, 30_000)).unref();
  }

  /**
   * Finds a session and notes that it is used.
   * @param request by whom. The session of another principal is not found
   */
  use(id: string, request?: IncomingMessage): T | undefined {
    const entry = this.byId.get(id);
    if (!entry || (request && !entry.session.isOf(request))) return undefined;
    this.byId.delete(id);
    this.byId.set(id, { ...entry, usedAt: Date.now() });
    return entry.session;
  }

  /** Whether a caller can open another session. Not if all of its sessions run calls. */
  hasRoom(caller: string): boolean {
    return this.shares.hasRoom(caller) || this.idlest(caller) !== undefined;
  }

  /**
   * Adds a session. Ends the caller's least recently used sessions if there is no room.
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

  /** Ends all sessions, and the search for unused ones. */
  async closeAll(): Promise<void> {
    clearInterval(this.sweeper);
    await Promise.all([...this.byId.values()].map(({ session }) => session.close()));
  }

  /** The least recently used session of a caller that runs no call. */
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
