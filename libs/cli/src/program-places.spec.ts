import { describe, expect, it } from 'vitest';
import { ProgramPlaces } from './program-places.js';

const NEVER = new AbortController().signal;
const turns = () => new Promise((resolve) => setImmediate(resolve));

/** Waits for a place, notes who got one and keeps what gives it back. */
function follow(places: ProgramPlaces, log: string[], caller: string, given: (() => void)[]) {
  void places.enter(caller, NEVER).then((giveBack) => {
    log.push(caller);
    given.push(giveBack);
  });
}

describe(ProgramPlaces.name, () => {
  it('lets callers take turns, however many programs one of them asks for', async () => {
    const places = new ProgramPlaces(1);
    const [log, given]: [string[], (() => void)[]] = [[], []];
    for (const caller of ['a', 'a', 'a', 'a', 'b', 'b', 'c']) follow(places, log, caller, given);
    for (let left = 7; left > 0; left--) {
      await turns();
      expect(given).toHaveLength(1);
      given.pop()!();
    }
    expect(log.join('')).toBe('aabcaba');
  });

  it('lets nobody wait whose signal has aborted', async () => {
    const places = new ProgramPlaces(1);
    const giveBack = await places.enter('a', NEVER);
    const stop = new AbortController();
    const waiting = places.enter('a', stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(places.enter('a', stop.signal)).rejects.toThrow('enough');
    giveBack();
    (await places.enter('b', NEVER))();
  });

  it('counts a place that is given back twice once', async () => {
    const places = new ProgramPlaces(1);
    const giveBack = await places.enter('a', NEVER);
    giveBack();
    giveBack();
    const [log, given]: [string[], (() => void)[]] = [[], []];
    for (const caller of ['a', 'b']) follow(places, log, caller, given);
    await turns();
    expect(log).toEqual(['a']);
  });

  it('takes a program that lasts for one that waits', async () => {
    const places = new ProgramPlaces(1, 20);
    const giveBack = await places.enter('a', NEVER);
    const next = await places.enter('b', NEVER);
    giveBack();
    const [log, given]: [string[], (() => void)[]] = [[], []];
    follow(places, log, 'c', given);
    next();
    await turns();
    expect(log).toEqual(['c']);
  });
});
