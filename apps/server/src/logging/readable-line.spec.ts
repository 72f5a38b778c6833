import { describe, expect, it } from 'vitest';
import { readableLine } from './readable-line.js';

const LINE = { level: 'info', time: '2026-11-27T12:00:34.755Z', context: 'ToolInvoker' };

describe(readableLine.name, () => {
  it('shows the time of day, the level, the context, the message and the facts', () => {
    const line = { ...LINE, msg: 'call', tool: 'k8s_get', durationMs: 1.7 };
    expect(readableLine(`${JSON.stringify(line)}\n`)).toBe(
      '12:00:34 info ToolInvoker: call tool=k8s_get durationMs=1.7\n',
    );
  });

  it('shows the stack of an error on lines of its own', () => {
    const line = { ...LINE, level: 'error', msg: 'bug', err: 'Error: gone\n    at read' };
    expect(readableLine(JSON.stringify(line))).toBe(
      '12:00:34 error ToolInvoker: bug\nError: gone\n    at read\n',
    );
  });

  it('takes a line without context or message', () => {
    expect(
      readableLine(JSON.stringify({ ...LINE, context: undefined, batch: { rows: [1] } })),
    ).toBe('12:00:34 info batch={"rows":[1]}\n');
  });
});
