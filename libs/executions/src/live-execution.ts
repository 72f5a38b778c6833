import { randomUUIDv7 } from 'node:crypto';
import type { Progress, ToolError, ToolResult } from '#tools';
import type { Execution, ExecutionEvent, Outcome } from './execution.js';

/** Events that are remembered of an execution before it is stored. */
const MOST_EVENTS = 1_000;
/** Bytes, about, of an event beside its data. */
const EVENT_BYTES = 80;
/** Characters of an event after which what is put out begins a new one. */
const FULL_EVENT_CHARS = 64_000;

type LiveEvent = Exclude<ExecutionEvent, { type: 'result' }>;

/** An execution of this server that has not ended, or just has. */
export class LiveExecution {
  readonly id: string;
  readonly createdAt = new Date().toISOString();
  /** `performance.now()` at its creation. */
  readonly createdMs = performance.now();
  startedAt: string | undefined;
  /** Whether somebody may come back for it: its whole output is kept then. */
  isKept: boolean;
  /** Whether the store has it; from then on its events go there too. */
  isStored = false;
  /** Whether its tool has ended. The store is about to have how. */
  isEnding = false;
  /** Bytes, about, of its events so far. */
  eventBytes = 0;
  /** How it ended. Never rejects. */
  readonly ended: Promise<Outcome>;
  private readonly controller = new AbortController();
  private readonly pieces: string[] = [];
  /** Events that the store does not have yet. */
  private events: LiveEvent[] = [];
  private chars = 0;
  private seq = 0;
  private end!: (outcome: Outcome) => void;

  constructor(
    readonly tool: string,
    readonly category: string,
    readonly caller: string,
    private readonly maxChars: number,
    { id = randomUUIDv7(), isKept }: { id?: string; isKept: boolean },
  ) {
    this.id = id;
    this.isKept = isKept;
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  /** Aborts when it is cancelled. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether there are events that the store does not have yet. */
  get hasEvents(): boolean {
    return this.events.length > 0;
  }

  /** What it has put out so far. */
  get output(): string {
    return this.pieces.join('');
  }

  /** Waits for its end. @throws the ToolError that it ended with */
  async result(): Promise<ToolResult> {
    const outcome = await this.ended;
    if ('error' in outcome) throw outcome.error;
    return outcome.result;
  }

  /** Cancels it. It ends as soon as its tool obeys. */
  cancel(reason: ToolError): void {
    this.controller.abort(reason);
  }

  /** Notes how far it is. */
  addProgress(progress: Progress): void {
    this.addEvent({ seq: this.seq + 1, type: 'progress', data: progress });
  }

  /**
   * Notes a piece of its output, unless that is too much to be kept. What comes in quick succession
   * is one event.
   */
  addOutput(text: string): void {
    if (this.chars > this.maxChars) return;
    this.chars += text.length;
    this.pieces.push(text);
    for (let start = 0; start < text.length;) {
      const part = piece(text, start, this.roomInEvent() || FULL_EVENT_CHARS);
      this.addOutputEvent(part);
      start += part.length;
    }
  }

  /** Gives the events that the store does not have yet to whoever stores them now. */
  takeEvents(): { execution_id: string; seq: number; type: string; data: string }[] {
    const rows = this.events.map(({ seq, type, data }) => ({
      execution_id: this.id,
      seq,
      type,
      data: JSON.stringify(data),
    }));
    this.events = [];
    return rows;
  }

  /** How it stands. */
  snapshot(): Execution {
    const { id, tool, category, caller, createdAt, startedAt } = this;
    const status = startedAt ? 'running' : 'queued';
    const output = this.output || undefined;
    return { id, tool, category, caller, status, createdAt, startedAt, output };
  }

  /** Says how it ended. */
  settle(outcome: Outcome): void {
    this.end(outcome);
  }

  /** Characters that the latest event may still take; 0 where a new one has to begin. */
  private roomInEvent(): number {
    const last = this.events.at(-1);
    const room = last?.type === 'output' ? FULL_EVENT_CHARS - last.data.text.length : 0;
    // One character may be two (surrogates).
    return room > 1 ? room : 0;
  }

  private addOutputEvent(text: string): void {
    const last = this.events.at(-1);
    if (last?.type === 'output' && this.roomInEvent() > 0) {
      last.data.text += text;
      this.eventBytes += Buffer.byteLength(text);
    } else {
      this.addEvent({ seq: this.seq + 1, type: 'output', data: { text } });
    }
  }

  private addEvent(event: LiveEvent): void {
    if (!this.isStored && this.events.length >= MOST_EVENTS) return;
    this.seq = event.seq;
    this.eventBytes +=
      EVENT_BYTES + (event.type === 'output' ? Buffer.byteLength(event.data.text) : 0);
    this.events.push(event);
  }
}

/** Characters of a text, no more than so many, that end with a whole one. */
function piece(text: string, start: number, most: number): string {
  const end = start + most;
  const isSplit = end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1]!);
  return text.slice(start, isSplit ? end - 1 : end);
}
