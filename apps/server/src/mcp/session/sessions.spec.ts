import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { Sessions, type Session } from './sessions.js';

const REQUEST = {} as IncomingMessage;

describe(Sessions.name, () => {
  let sessions: Sessions<FakeSession>;

  beforeEach(() => {
    sessions = new Sessions({ max: 2, callerPercent: 100 });
  });

  it('makes room by ending the session that was used longest ago', () => {
    const first = open('first');
    const second = open('second');
    sessions.use('first', REQUEST);
    expect(sessions.hasRoom('a')).toBe(true);
    expect(second.closed).toBe(false);
    open('third');
    expect([first.closed, second.closed]).toEqual([false, true]);
  });

  it('never ends a session that works to make room', () => {
    const first = open('first', { running: true });
    const second = open('second', { running: true });
    expect(sessions.hasRoom('a')).toBe(false);
    second.running = false;
    open('third');
    expect([first.closed, second.closed]).toEqual([false, true]);
  });

  it("never ends a stranger's session, however many one caller opens", () => {
    sessions = new Sessions({ max: 8, callerPercent: 50 });
    const strangers = [open('s1', { caller: 'b' }), open('s2', { caller: 'b' })];
    const own = Array.from({ length: 100 }, (_, index) => open(`own-${index}`));
    expect(strangers.map(({ closed }) => closed)).toEqual([false, false]);
    expect(own.filter(({ closed }) => !closed).map(({ id }) => id)).toEqual([
      'own-97',
      'own-98',
      'own-99',
    ]);
    for (const session of own) session.running = true;
    expect([sessions.hasRoom('a'), sessions.hasRoom('b'), sessions.hasRoom('c')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('closes them all', async () => {
    const all = [open('first'), open('second')];
    await sessions.closeAll();
    expect(all.map(({ closed }) => closed)).toEqual([true, true]);
  });

  function open(id: string, state: Partial<FakeSession> = {}): FakeSession {
    const session = Object.assign(new FakeSession(id), state);
    sessions.add(session);
    return session;
  }
});

class FakeSession implements Session {
  caller = 'a';
  running = false;
  closed = false;

  constructor(readonly id: string) {}

  isOf(): boolean {
    return true;
  }

  isRunning(): boolean {
    return this.running;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
