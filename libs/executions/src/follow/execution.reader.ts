import { Injectable } from '@nestjs/common';
import { orAfter } from '#base';
import { cutName, invalidField, ToolError, UUID } from '#tools';
import { isFinished, type Execution, type ExecutionEvent } from '../execution.js';
import { ExecutionRunner } from '../run/execution.runner.js';
import { ExecutionSignals } from './execution.signals.js';
import {
  ExecutionStore,
  type ExecutionFilter,
  type ExecutionPage,
} from '../store/execution.store.js';
import { ExecutionWriter } from '../store/execution.writer.js';

/** A sequence number after all events of any execution, for waiting only for the end. */
const LAST_SEQ = 2 ** 31 - 2;
/** Milliseconds between two looks of followers that get no notice of changes. */
const LOOK_MS = 1_000;
/**
 * Milliseconds before the next look while the database is away; each pause is twice as long as the
 * one before, up to the most.
 */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 4_000;
/** Milliseconds that a read waits for an execution that is just being stored. */
const STORE_MS = 1_000;

const AWAY = 'The database in which executions are remembered does not answer. The wait goes on.';

const CURSOR = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[0-9a-f-]{36}$/;

/** What one who follows an execution sees of it. */
interface Look {
  readonly events: readonly ExecutionEvent[];
  readonly end?: Execution | undefined;
}

/** Looks at executions and follows them, wherever they run. */
@Injectable()
export class ExecutionReader {
  private isClosing = false;
  /** What is looked at now: an event wakes all who follow its execution. */
  private readonly looks = new Map<string, Promise<Look | undefined>>();

  constructor(
    private readonly store: ExecutionStore,
    private readonly signals: ExecutionSignals,
    private readonly writer: ExecutionWriter,
    private readonly runner: ExecutionRunner,
  ) {}

  /**
   * An execution with its output, of one that runs with what there is so far.
   * @throws ToolError `not_found`; `unavailable` without the database
   */
  async find(id: string): Promise<Execution> {
    if (!UUID.pattern.test(id)) throw notFound(id);
    const { runner, store } = this;
    const live = runner.get(id);
    if (live && !live.isEnding) return live.snapshot();
    const execution = await asUnavailable(this.recall(id, () => store.find(id)));
    if (!execution) throw notFound(id);
    // Nobody was left to say what an interrupted one had put out, beyond what it had told already.
    if (isFinished(execution) && execution.status !== 'interrupted') return execution;
    if (execution.output !== undefined) return execution;
    return { ...execution, output: (await asUnavailable(store.outputOf(id))) || undefined };
  }

  /**
   * Checks that there is an execution, and that it belongs to somebody. That of another looks as if
   * there were none.
   * @param owner the `ownerOf` the principal that asks: undefined for one who may see all
   * @throws ToolError `not_found`; `unavailable` without the database
   */
  async mustBeOf(owner: string | undefined, id: string): Promise<void> {
    if (!UUID.pattern.test(id)) throw notFound(id);
    const { runner, store } = this;
    const caller =
      runner.get(id)?.caller ?? (await asUnavailable(this.recall(id, () => store.callerOf(id))));
    if (caller === undefined || (owner !== undefined && caller !== owner)) throw notFound(id);
  }

  /**
   * The remembered executions, newest first, without their outputs.
   * @throws ToolError `invalid_input` for a mark that no page has given; `unavailable` without the
   * database
   */
  async list(
    filter: ExecutionFilter,
    page: { limit: number; after?: string },
  ): Promise<ExecutionPage> {
    if (page.after !== undefined && !CURSOR.test(page.after)) {
      throw invalidField('after', 'must be the "next" of the page before');
    }
    await this.writer.flushWithin(STORE_MS);
    return asUnavailable(this.store.list(filter, page));
  }

  /**
   * The events of an execution after one of them, as they come, to the `result` that is the last.
   * Reads no further than its reader takes, waits for a database that is away, and ends without a
   * result when the signal aborts or this server stops.
   * @param tellAway is told once each time the database goes away, in a sentence
   * @throws ToolError `not_found`
   */
  async *follow(
    id: string,
    after: number,
    signal: AbortSignal,
    tellAway?: (message: string) => void,
  ): AsyncGenerator<ExecutionEvent> {
    if (!UUID.pattern.test(id)) throw notFound(id);
    const watch = this.signals.watch(id, signal);
    let seen = Math.min(after, LAST_SEQ);
    let pauseMs = 0;
    try {
      for (;;) {
        const isLastLook = signal.aborted || this.isClosing;
        const look = await this.look(id, seen);
        if (!look && pauseMs === 0) tellAway?.(AWAY);
        pauseMs = look ? 0 : Math.min(2 * pauseMs || FIRST_PAUSE_MS, MAX_PAUSE_MS);
        for (const event of look?.events ?? []) {
          seen = event.seq;
          yield event;
        }
        if (look?.end) {
          yield { seq: seen + 1, type: 'result', execution: look.end };
          return;
        }
        if (look && look.events.length > 0) continue;
        if (isLastLook) return;
        await watch.next(pauseMs || (this.isToldOf(id) ? undefined : LOOK_MS));
      }
    } finally {
      watch.stop();
    }
  }

  /**
   * Waits until an execution has ended, wherever it runs, also while the database is away.
   * @param tellAway as of `follow`
   * @returns how it ended; undefined if the signal aborts before
   * @throws ToolError `not_found`; `unavailable` if this server stops before
   */
  async ended(
    id: string,
    signal: AbortSignal,
    tellAway?: (message: string) => void,
  ): Promise<Execution | undefined> {
    for await (const event of this.follow(id, LAST_SEQ, signal, tellAway)) {
      if (event.type === 'result') return event.execution;
    }
    if (signal.aborted) return undefined;
    throw new ToolError('unavailable', `The server is stopping. The execution ${id} goes on.`);
  }

  /** Lets those who follow see what there is, and then go. */
  close(): void {
    this.isClosing = true;
    this.signals.allChanged();
  }

  /** As `readOn`, once for all who look at the same at one moment. */
  private look(id: string, seen: number): Promise<Look | undefined> {
    const key = `${id} ${seen}`;
    const known = this.looks.get(key);
    if (known) return known;
    const look = this.readOn(id, seen);
    this.looks.set(key, look);
    // Not later: what is written meanwhile must be looked at anew.
    process.nextTick(() => this.looks.delete(key));
    return look;
  }

  /**
   * The next events and, once there are no more, the end. @returns undefined without the database
   */
  private async readOn(id: string, seen: number): Promise<Look | undefined> {
    const { store, runner } = this;
    try {
      const there = await this.recall(id, () => store.look(id, seen));
      if (!there && !runner.get(id)) throw notFound(id);
      const { status, events } = there ?? { events: [] };
      const hasEnded = events.length === 0 && status !== undefined && isFinished({ status });
      return hasEnded ? { events, end: await store.find(id) } : { events };
    } catch (error) {
      if (error instanceof ToolError) throw error;
      return undefined;
    }
  }

  /**
   * Reads from the store. An execution that has just ended here may arrive there a moment later.
   */
  private async recall<T>(id: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    const there = await read();
    if (there !== undefined || this.runner.get(id)) return there;
    await orAfter(
      STORE_MS,
      this.writer.stored(id).catch(() => {}),
    );
    return read();
  }

  private isToldOf(id: string): boolean {
    return this.signals.hearsOthers || this.runner.get(id) !== undefined;
  }
}

/** @throws ToolError `unavailable` in place of what the database says */
export async function asUnavailable<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (cause) {
    throw new ToolError(
      'unavailable',
      'The database in which executions are remembered does not answer. Try again in a moment.',
      { cause },
    );
  }
}

function notFound(id: string): ToolError {
  return new ToolError('not_found', `There is no execution "${cutName(id)}", or it is forgotten.`);
}
