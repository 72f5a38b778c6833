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
  /** Ends the session with all its calls and streams. */
  close(): Promise<void>;
}

interface SessionLimits {
  /** Maximum number of open sessions. */
  max: number;
  /** Percentage of what the others leave free that one caller may use. */
  callerPercent: number;
}

/**
 * The sessions that are held in memory, each with an open stream. Their number is limited. A caller
 * that has its full share loses its own least recently used session, so no caller can end the
 * session of another.
 */
export class Sessions<T extends Session> {
  /** The least recently used session comes first. */
  private readonly byId = new Map<string, T>();
  private readonly shares: Shares;

  constructor({ max, callerPercent }: SessionLimits) {
    this.shares = new Shares(max, callerPercent);
  }

  /** How many are open. */
  get count(): number {
    return this.byId.size;
  }

  /**
   * Finds a session and notes that it is used.
   * @param request by whom. The session of another principal is not found
   */
  use(id: string, request: IncomingMessage): T | undefined {
    const session = this.byId.get(id);
    if (!session?.isOf(request)) return undefined;
    this.byId.delete(id);
    this.byId.set(id, session);
    return session;
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
    this.byId.set(id, session);
    return true;
  }

  delete(id: string): void {
    const session = this.byId.get(id);
    if (!session) return;
    this.byId.delete(id);
    this.shares.giveBack(session.caller);
  }

  /** Ends all sessions. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.byId.values()].map((session) => session.close()));
  }

  /** The least recently used session of a caller that runs no call. */
  private idlest(caller: string): T | undefined {
    for (const session of this.byId.values()) {
      if (session.caller === caller && !session.isRunning()) return session;
    }
    return undefined;
  }

  private end(session: T): void {
    this.delete(session.id);
    void session.close();
  }
}
