/** What is read of an event (core/v1). */
export interface Event {
  metadata: { namespace?: string; creationTimestamp?: string };
  involvedObject: { kind?: string; name?: string };
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string | null } | null;
}

/** The same event of an object, as often as it was reported. */
export interface FoldedEvent {
  namespace: string;
  /** `Pod/web-0`. */
  object: string;
  type: string;
  reason: string;
  message: string;
  count: number;
  /** RFC 3339; "" where the event does not say it. */
  first: string;
  last: string;
}

/** Different events that are kept: more than an answer can show. */
const MAX_EVENTS = 20_000;

/** Characters of a text that are kept. A message has 1,024 at most where it is checked. */
const MAX_CHARS = 1_500;

/** A folded event, and when it was last seen, in milliseconds. */
interface Kept {
  event: FoldedEvent;
  at: number;
}

/** Events, where those that say the same of an object are one. */
export class FoldedEvents {
  private kept = new Map<string, Kept>();

  /** @param sinceMs the time before which events are left out */
  constructor(private readonly sinceMs = -Infinity) {}

  add(added: Event): void {
    const event = foldedOf(added);
    const at = msOf(event.last);
    if (at < this.sinceMs) return;
    const { namespace, object, type, reason, message } = event;
    const key = [namespace, object, type, reason, message].join('\0');
    const same = this.kept.get(key);
    if (!same) {
      this.kept.set(key, { event, at });
      if (this.kept.size === 2 * MAX_EVENTS) this.dropOldest();
      return;
    }
    same.event.count += event.count;
    same.event.first = earlier(same.event.first, event.first);
    if (at <= same.at) return;
    same.event.last = event.last;
    same.at = at;
  }

  /** Forgets all of them, for a list that had to begin anew. */
  clear(): void {
    this.kept.clear();
  }

  /** All of them, the newest last. */
  inOrder(): FoldedEvent[] {
    return [...this.kept.values()].sort((a, b) => a.at - b.at).map(({ event }) => event);
  }

  private dropOldest(): void {
    const newest = [...this.kept].sort(([, a], [, b]) => b.at - a.at);
    this.kept = new Map(newest.slice(0, MAX_EVENTS));
  }
}

function foldedOf(event: Event): FoldedEvent {
  const { metadata, involvedObject, series, message = '' } = event;
  const made = event.eventTime ?? metadata.creationTimestamp ?? '';
  const first = event.firstTimestamp ?? made;
  return {
    namespace: metadata.namespace ?? '',
    object: onOneLine(`${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`),
    type: onOneLine(event.type ?? ''),
    reason: onOneLine(event.reason ?? ''),
    message: onOneLine(message),
    count: Math.max(1, series?.count ?? event.count ?? 1),
    first,
    last: series?.lastObservedTime ?? event.lastTimestamp ?? made,
  };
}

/** The API server takes any text in an event: line ends and terminal escape sequences too. */
function onOneLine(text: string): string {
  return text.trim().slice(0, MAX_CHARS).replace(/\s+/g, ' ').replaceAll('\x1b', '^[');
}

function earlier(a: string, b: string): string {
  return b !== '' && (a === '' || msOf(b) < msOf(a)) ? b : a;
}

/** The least number for what is no time. */
function msOf(time: string): number {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? -Number.MAX_VALUE : ms;
}
