import { randomUUIDv7 } from 'node:crypto';
import { isoNow } from '#base';
import type { Progress, ToolError, ToolResult } from '#tools';
import type { Execution, ExecutionEvent, Outcome } from './execution.js';
import type { CallLimits } from './output-limits.js';

/** Events that are remembered of an execution before it is stored. */
const MAX_EVENTS = 1_000;
/** Bytes and characters, about, of an event beside its data. */
const EVENT_BYTES = 80;
/** Characters of an event after which what is put out begins a new one. */
const FULL_EVENT_CHARS = 64_000;

type LiveEvent = Exclude<ExecutionEvent, { type: 'result' }>;

/** An execution of this server that has not ended, or just has. */
export class LiveExecution {
  readonly id: string;
  readonly createdAt = isoNow();
  /** `performance.now()` at its creation. */
  readonly createdMs = performance.now();
  startedAt: string | undefined;
  /** Whether it only lets time pass. */
  isIdle = false;
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
  private pieces: string[] = [];
  /** Events that the store does not have yet. */
  private events: LiveEvent[] = [];
  private eventChars = 0;
  /** Characters of the output in events that the store has. */
  private takenOutputChars = 0;
  private chars = 0;
  private seq = 0;
  private end!: (outcome: Outcome) => void;

  constructor(
    readonly tool: string,
    readonly category: string,
    readonly caller: string,
    readonly limits: CallLimits,
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

  /** Characters, about, of the events that the store does not have yet. */
  get waitingChars(): number {
    return this.eventChars;
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
    if (this.chars > this.limits.keptChars) return;
    this.chars += text.length;
    this.pieces.push(text);
    for (let start = 0; start < text.length;) {
      const part = piece(text, start, this.roomInEvent() || FULL_EVENT_CHARS);
      this.addOutputEvent(part);
      start += part.length;
    }
  }

  /**
   * Gives the first events that the store does not have yet to whoever stores them now: up to so
   * many characters, but at least one.
   */
  takeEvents(
    maxChars: number,
  ): { execution_id: string; seq: number; type: string; data: string }[] {
    let left = maxChars;
    const end = this.events.findIndex((event) => (left -= charsOf(event)) < 0);
    const taken = this.events.splice(0, end < 0 ? this.events.length : Math.max(1, end));
    for (const event of taken) {
      this.eventChars -= charsOf(event);
      if (event.type === 'output') this.takenOutputChars += event.data.text.length;
    }
    return taken.map(({ seq, type, data }) => ({
      execution_id: this.id,
      seq,
      type,
      data: JSON.stringify(data),
    }));
  }

  /** Forgets the events that the store does not have yet. */
  dropEvents(): void {
    this.events = [];
    this.eventChars = 0;
  }

  /** Keeps its output once, as that with which it has ended: its events become parts of that. */
  keepOnce(output: string): void {
    this.pieces = [];
    let start = this.takenOutputChars;
    for (const event of this.events) {
      if (event.type !== 'output') continue;
      const { text } = event.data;
      const end = start + text.length;
      if (output.startsWith(text, start)) event.data = { text: output.slice(start, end) };
      start = end;
    }
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
      this.eventChars += text.length;
      this.eventBytes += Buffer.byteLength(text);
    } else {
      this.addEvent({ seq: this.seq + 1, type: 'output', data: { text } });
    }
  }

  private addEvent(event: LiveEvent): void {
    if (!this.isStored && this.events.length >= MAX_EVENTS) return;
    this.seq = event.seq;
    this.eventBytes +=
      EVENT_BYTES + (event.type === 'output' ? Buffer.byteLength(event.data.text) : 0);
    this.events.push(event);
    this.eventChars += charsOf(event);
  }
}

function charsOf(event: LiveEvent): number {
  return EVENT_BYTES + (event.type === 'output' ? event.data.text.length : 0);
}

/** Characters of a text, no more than so many, that end with a whole one. */
function piece(text: string, start: number, most: number): string {
  const end = start + most;
  const isSplit = end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1]!);
  return text.slice(start, isSplit ? end - 1 : end);
}
