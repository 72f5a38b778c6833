import { describe, expect, it } from 'vitest';
import { SqliteTurns, type TurnOf } from './sqlite-turns.js';

describe(SqliteTurns.name, () => {
  it('lets the server and the callers take turns, each in the order in which they ask', async () => {
    const turns = new SqliteTurns();
    const order: string[] = [];
    await turns.take('caller');
    const use = async (who: TurnOf, name: string) => {
      await turns.take(who);
      order.push(name);
      await Promise.resolve();
      turns.giveBack();
    };
    const all = [
      ...['read 1', 'read 2', 'read 3', 'read 4'].map((name) => use('caller', name)),
      ...['write 1', 'write 2'].map((name) => use('server', name)),
    ];
    turns.giveBack();
    await Promise.all(all);
    expect(order).toEqual(['write 1', 'read 1', 'write 2', 'read 2', 'read 3', 'read 4']);
    await use('caller', 'later');
    expect(order.at(-1)).toBe('later');
  });
});
