/**
 * Milliseconds after which a program gives up its place. One that runs longer mostly waits, for
 * objects to become ready or for a slow host.
 */
const YIELD_MS = 2_000;

/**
 * Bounds how many programs start and compute at a time: each takes a core, and its start holds up
 * the event loop. Those that have to wait take turns by caller.
 */
export class ProgramPlaces {
  private taken = 0;
  /** What lets each one that waits begin, by caller, in the order of their turns. */
  private readonly waiting = new Map<string, (() => void)[]>();

  /**
   * @param places how many there are
   * @param yieldMs milliseconds after which a place is given back by itself
   */
  constructor(
    private readonly places: number,
    private readonly yieldMs = YIELD_MS,
  ) {}

  /**
   * Takes a place, and waits for it if need be.
   * @returns what gives it back
   * @throws the signal's reason when it aborts before there is one
   */
  async enter(caller: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.taken < this.places) this.taken += 1;
    else await this.turnOf(caller, signal);
    const yielding = setTimeout(giveBack, this.yieldMs).unref();
    const leave = () => this.passOn();
    let isHeld = true;
    function giveBack(): void {
      clearTimeout(yielding);
      if (isHeld) leave();
      isHeld = false;
    }
    return giveBack;
  }

  private turnOf(caller: string, signal: AbortSignal): Promise<void> {
    const own = this.waiting.get(caller) ?? [];
    this.waiting.set(caller, own);
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        own.splice(own.indexOf(begin), 1);
        if (own.length === 0) this.waiting.delete(caller);
        reject(signal.reason as Error);
      };
      own.push(begin);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Gives a place to whoever is next, or back. */
  private passOn(): void {
    const [next] = this.waiting;
    if (!next) {
      this.taken -= 1;
      return;
    }
    const [caller, own] = next;
    const begin = own.shift()!;
    // Its next turn comes after everybody else's.
    this.waiting.delete(caller);
    if (own.length > 0) this.waiting.set(caller, own);
    begin();
  }
}
