import { describe, expect, it } from 'vitest';
import { eventTable } from './event-lines.js';
import { FoldedEvents, type Event } from './folded-events.js';

const at = (minute: number) => `2026-11-27T10:${String(minute).padStart(2, '0')}:00Z`;

function event(minute: number, fields: Partial<Event> = {}): Event {
  return {
    metadata: { namespace: 'shop', creationTimestamp: at(minute) },
    involvedObject: { kind: 'Pod', name: 'web' },
    type: 'Warning',
    reason: 'BackOff',
    message: 'restarting',
    firstTimestamp: at(minute),
    lastTimestamp: at(minute),
    ...fields,
  };
}

function folded(events: Event[], sinceMs?: number) {
  const all = new FoldedEvents(sinceMs);
  for (const one of events) all.add(one);
  return all.inOrder();
}

describe('FoldedEvents', () => {
  it('makes one of equal events, with the sum of their counts and their first and last time', () => {
    const events = [event(5, { count: 3 }), event(1), event(9, { count: 2 })];
    expect(folded(events)).toEqual([
      expect.objectContaining({ count: 6, first: at(1), last: at(9), object: 'Pod/web' }),
    ]);
  });

  it.each<[string, Partial<Event>]>([
    ['namespace', { metadata: { namespace: 'billing', creationTimestamp: at(2) } }],
    ['object', { involvedObject: { kind: 'Pod', name: 'api' } }],
    ['type', { type: 'Normal' }],
    ['reason', { reason: 'Failed' }],
    ['message', { message: 'other' }],
  ])('keeps events of another %s apart', (_, fields) => {
    expect(folded([event(1), event(2, fields)])).toHaveLength(2);
  });

  it('puts the newest last, by when they were last seen', () => {
    const events = [
      event(1, { reason: 'A', lastTimestamp: at(30) }),
      event(2, { reason: 'B' }),
      event(3, {
        reason: 'C',
        lastTimestamp: null,
        series: { count: 7, lastObservedTime: at(20) },
      }),
    ];
    expect(folded(events).map(({ reason, count }) => [reason, count])).toEqual([
      ['B', 1],
      ['C', 7],
      ['A', 1],
    ]);
  });

  it('takes the times of events.k8s.io', () => {
    const [only] = folded([
      event(1, { firstTimestamp: null, lastTimestamp: null, eventTime: at(4) }),
    ]);
    expect([only?.first, only?.last]).toEqual([at(4), at(4)]);
  });

  it('leaves out what was last seen before', () => {
    const events = [event(1, { reason: 'Old' }), event(8)];
    expect(folded(events, Date.parse(at(5))).map(({ reason }) => reason)).toEqual(['BackOff']);
  });

  it('writes each text on one line', () => {
    const [only] = folded([event(1, { message: 'a\n\tb\x1b[31m', reason: 'A\nB' })]);
    expect([only?.message, only?.reason]).toEqual(['a b^[[31m', 'A B']);
  });

  it('keeps the newest of very many', () => {
    const start = Date.parse(at(0));
    const events = Array.from({ length: 40_000 }, (_, index) =>
      event(0, {
        message: String(index),
        lastTimestamp: new Date(start + index * 1_000).toISOString(),
      }),
    );
    const kept = folded(events.toReversed());
    expect(kept).toHaveLength(20_000);
    expect(kept.at(-1)?.message).toBe('39999');
  });
});

describe('eventTable', () => {
  const events = folded(
    Array.from({ length: 50 }, (_, minute) => event(minute, { message: `number ${minute}` })),
  );

  it('shows the newest that there is room for', () => {
    const { text, shown } = eventTable(events, { showNamespace: true, maxChars: 2_000 });
    expect(text.length).toBeLessThanOrEqual(2_000);
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^NAMESPACE +LAST +FIRST +COUNT +TYPE +REASON +OBJECT +MESSAGE$/);
    expect(lines.at(-1)).toMatch(/^shop .* number 49$/);
    expect(lines).toHaveLength(shown + 1);
    expect(shown).toBeGreaterThan(10);
  });

  it('always shows the newest one', () => {
    const { shown } = eventTable(events, { showNamespace: false, maxChars: 1 });
    expect(shown).toBe(1);
  });
});
