import { describe, expect, it } from 'vitest';
import { ToolError, type Lane } from '#tools';
import { RunQueue } from './run-queue.js';

const NEVER = new AbortController().signal;
const place = (caller: string, category = 'k8s') => ({ caller, category, isLong: false });

class TestLane implements Lane {
  readonly waitedMs = 0;
  refusal: ToolError | undefined;
  constructor(
    readonly name: string,
    readonly isOnly = false,
  ) {}
}
const on = (lane: Lane, caller: string) => ({ ...place(caller), lane });
const long = (caller: string) => ({ ...place(caller), isLong: true });

function queueOf(
  total: number,
  byCategory: [string, number][] = [],
  queuedPerCaller = 10,
  callerPercent = 100,
) {
  const limits = { total, byCategory: new Map(byCategory), queuedPerCaller, callerPercent };
  return new RunQueue({ ...limits, waits: total });
}

/** Waits for a place, and notes who got one. */
function follow(queue: RunQueue, log: string[], name: string, where = place(name)) {
  void queue.wait(where, NEVER).then(() => log.push(name));
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('RunQueue', () => {
  it('gives places up to its total, and on as they are given back', async () => {
    const queue = queueOf(2);
    expect([1, 2, 3].map(() => queue.tryTake(place('a')))).toEqual([true, true, false]);
    const log: string[] = [];
    follow(queue, log, 'a');
    await turns();
    expect(log).toEqual([]);
    queue.release(place('a'));
    await turns();
    expect(log).toEqual(['a']);
    expect(queue.tryTake(place('a'))).toBe(false);
  });

  it('gives the place of a call that lets time pass after its work to others', () => {
    const queue = queueOf(1);
    const first = queue.enterThenWait(place('a'), NEVER);
    expect(queue.tryTake(place('b'))).toBe(false);
    first.rest?.();
    expect(queue.tryTake(place('b'))).toBe(true);
    // The one wait is still taken.
    expect(() => queue.enterThenWait(place('a'), NEVER)).toThrow('already let time pass');
    first.giveBack();
    expect(queue.tryTake(place('c'))).toBe(false);
    expect(queue.enterWait(place('a')).isNow).toBe(true);
  });

  it('takes no wait from others for a call that never gets its place', async () => {
    const queue = queueOf(1);
    queue.tryTake(place('a'));
    const given = new AbortController();
    const waiting = queue.enterThenWait(place('a'), given.signal);
    given.abort(new Error('gone'));
    await expect(waiting.taken).rejects.toThrow('gone');
    await turns();
    expect(queue.enterWait(place('a')).isNow).toBe(true);
  });

  it('lets callers take turns, however many calls one of them has waiting', async () => {
    const queue = queueOf(1);
    queue.tryTake(place('a'));
    const log: string[] = [];
    for (const name of ['a', 'a', 'a', 'b', 'b', 'c']) follow(queue, log, name);
    for (let left = 6; left > 0; left--) {
      queue.release(place('a'));
      await turns();
    }
    expect(log).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  });

  it('holds a full category up, and no other', async () => {
    const queue = queueOf(3, [['helm', 1]]);
    expect(queue.tryTake(place('a', 'helm'))).toBe(true);
    expect(queue.tryTake(place('a', 'helm'))).toBe(false);
    const log: string[] = [];
    follow(queue, log, 'helm', place('a', 'helm'));
    expect(queue.tryTake(place('a'))).toBe(true);
    queue.release(place('a'));
    await turns();
    expect(log).toEqual([]);
    queue.release(place('a', 'helm'));
    await turns();
    expect(log).toEqual(['helm']);
  });

  it('refuses a caller who has too many waiting', () => {
    const queue = queueOf(1, [], 1);
    queue.tryTake(place('a'));
    void queue.wait(place('a'), NEVER);
    expect(() => queue.wait(place('a'), NEVER)).toThrow(
      expect.objectContaining({ code: 'busy', retryAfterSeconds: 2 }),
    );
    expect(() => void queue.wait(place('b'), NEVER)).not.toThrow();
  });

  it('forgets who gives up', async () => {
    const queue = queueOf(1);
    queue.tryTake(place('a'));
    const giveUp = new AbortController();
    const waiting = queue.wait(place('a'), giveUp.signal);
    giveUp.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    const log: string[] = [];
    follow(queue, log, 'b');
    queue.release(place('a'));
    await turns();
    expect(log).toEqual(['b']);
  });

  it('leaves places for others, however many one caller asks for', async () => {
    const queue = queueOf(4, [], 10, 50);
    const log: string[] = [];
    expect([1, 2, 3].map(() => queue.tryTake(place('a')))).toEqual([true, true, false]);
    follow(queue, log, 'a');
    expect([1, 2].map(() => queue.tryTake(place('b')))).toEqual([true, false]);
    expect(queue.tryTake(place('c'))).toBe(true);
    // More than its share as things are now: its next call waits for two of them.
    queue.release(place('a'));
    await turns();
    expect(log).toEqual([]);
    queue.release(place('a'));
    await turns();
    expect(log).toEqual(['a']);
  });

  it("leaves places of a category for others, and starts who waits when others' leave", async () => {
    const queue = queueOf(100, [['helm', 4]], 10, 50);
    const log: string[] = [];
    expect([1, 2].map(() => queue.tryTake(place('a', 'helm')))).toEqual([true, true]);
    expect(queue.tryTake(place('b', 'helm'))).toBe(true);
    follow(queue, log, 'b', place('b', 'helm'));
    expect(queue.tryTake(place('b'))).toBe(true);
    queue.release(place('a', 'helm'));
    queue.release(place('a', 'helm'));
    await turns();
    expect(log).toEqual(['b']);
  });

  it('counts calls that only let time pass by themselves', () => {
    const queue = queueOf(4, [], 10, 50);
    const waits = [1, 2].map(() => queue.enterWait(place('a')));
    expect(() => queue.enterWait(place('a'))).toThrow(expect.objectContaining({ code: 'busy' }));
    expect(queue.tryTake(place('a'))).toBe(true);
    expect(queue.enterWait(place('b')).isNow).toBe(true);
    for (const { giveBack } of waits) giveBack();
    expect(queue.enterWait(place('a')).isNow).toBe(true);
  });

  it('leaves places for other lanes, for the same caller and for others', () => {
    const queue = queueOf(16, [], 10, 50);
    const [slow, other] = [new TestLane('slow'), new TestLane('other')];
    const taken = (lane: Lane, caller: string) => {
      let count = 0;
      while (queue.tryTake(on(lane, caller))) count++;
      return count;
    };
    expect(taken(slow, 'a')).toBe(6);
    expect(taken(other, 'a')).toBe(2);
    queue.release(on(other, 'a'));
    queue.release(on(other, 'a'));
    expect(['b', 'c', 'd', 'e'].map((caller) => taken(slow, caller))).toEqual([4, 2, 0, 0]);
    expect(taken(other, 'e')).toBeGreaterThan(0);
  });

  it('gives one lane all of them where there is no other', () => {
    const queue = queueOf(4);
    const only = new TestLane('only', true);
    expect([1, 2, 3, 4].map(() => queue.tryTake(on(only, 'a')))).toEqual([true, true, true, true]);
  });

  it('counts those that wait for each lane by itself', () => {
    const queue = queueOf(1, [], 1);
    const [slow, other] = [new TestLane('slow'), new TestLane('other')];
    queue.tryTake(place('a'));
    for (const lane of [slow, other]) {
      void queue.wait(on(lane, 'a'), NEVER);
      expect(() => void queue.wait(on(lane, 'a'), NEVER)).toThrow(
        expect.objectContaining({ code: 'busy' }),
      );
    }
  });

  it('lets nobody wait for a lane on which no call can go', async () => {
    const queue = queueOf(1);
    const lane = new TestLane('gone');
    queue.tryTake(place('a'));
    const waiting = queue.wait(on(lane, 'a'), NEVER);
    queue.refuseBlocked();
    lane.refusal = new ToolError('unavailable', 'Gone.');
    expect(() => void queue.wait(on(lane, 'b'), NEVER)).toThrow(lane.refusal);
    queue.refuseBlocked();
    await expect(waiting).rejects.toBe(lane.refusal);
    const log: string[] = [];
    follow(queue, log, 'c');
    queue.release(place('a'));
    await turns();
    expect(log).toEqual(['c']);
  });

  it('leaves places for calls that soon end', () => {
    const queue = queueOf(16, [], 10, 50);
    const taken = (who: ReturnType<typeof long>) => {
      let count = 0;
      while (queue.tryTake(who)) count++;
      return count;
    };
    expect(taken(long('a'))).toBe(4);
    expect(taken(place('a'))).toBe(4);
    for (const caller of ['b', 'c', 'd', 'e', 'f']) taken(long(caller));
    expect(taken(place('g'))).toBeGreaterThan(0);
  });
});
