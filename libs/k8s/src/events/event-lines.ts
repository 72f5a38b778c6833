import { ageSince, alignLines } from '#cluster';
import type { FoldedEvent } from './folded-events.js';

/** A line's parts beside its texts: the ages, the count and the blanks between columns. */
const CHARS_OF_REST = 60;

/**
 * The newest events as a table, the newest last, as many as there is room for.
 * @returns the lines, and how many events they show
 */
export function eventTable(
  events: readonly FoldedEvent[],
  { showNamespace, maxChars }: { showNamespace: boolean; maxChars: number },
): { text: string; shown: number } {
  const fitting = newestWithin(events, maxChars);
  const header = ['LAST', 'FIRST', 'COUNT', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  const lines = [
    showNamespace ? ['NAMESPACE', ...header] : header,
    ...fitting.map((event) => {
      const cells = cellsOf(event);
      return showNamespace ? [event.namespace, ...cells] : cells;
    }),
  ];
  return { text: alignLines(lines).join('\n'), shown: fitting.length };
}

function cellsOf({ last, first, count, type, reason, object, message }: FoldedEvent): string[] {
  return [ageOf(last), ageOf(first), String(count), type, reason, object, message];
}

function ageOf(time: string): string {
  return time === '' ? '<unknown>' : ageSince(time);
}

/** At least the newest one. */
function newestWithin(events: readonly FoldedEvent[], maxChars: number): readonly FoldedEvent[] {
  const widths = { namespace: 0, reason: 0, object: 0 };
  let messages = 0;
  let start = events.length;
  while (start > 0) {
    const event = events[start - 1]!;
    messages += event.message.length;
    for (const field of ['namespace', 'reason', 'object'] as const) {
      widths[field] = Math.max(widths[field], event[field].length);
    }
    const { namespace, reason, object } = widths;
    const lines = events.length - start + 2;
    const size = lines * (namespace + reason + object + CHARS_OF_REST) + messages;
    if (size > maxChars && start < events.length) break;
    start--;
  }
  return events.slice(start);
}
