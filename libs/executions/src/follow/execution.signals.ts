import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { Notices } from '#store';
import { CHANNELS } from '../store/batch.js';
import { ExecutionWriter } from '../store/execution.writer.js';
import { Replicas } from '../store/replicas.js';

interface Watch {
  /**
   * Waits until something has happened since the last `next`, the signal aborts, or so many
   * milliseconds have passed.
   */
  next: (mostMs?: number) => Promise<void>;
  stop: () => void;
}

/**
 * Wakes those who follow an execution when something has happened in it, here or, with PostgreSQL,
 * on another replica.
 */
@Injectable()
export class ExecutionSignals {
  /** `cancelRequested`: another server was asked to cancel what may run here. */
  readonly events = new EventEmitter<{ cancelRequested: [] }>();
  private readonly sleepers = new Map<string, Set<() => void>>();

  constructor(
    private readonly notices: Notices,
    writer: ExecutionWriter,
    replicas: Replicas,
  ) {
    writer.events.on('written', (ids) => {
      for (const id of ids) this.changed(id);
    });
    replicas.events.on('beat', () => void notices.check());
    notices.on(CHANNELS.changes, (id) => this.changed(id));
    notices.on(CHANNELS.cancels, () => this.events.emit('cancelRequested'));
    // Notices from the meantime are not repeated.
    notices.events.on('connected', () => {
      this.allChanged();
      this.events.emit('cancelRequested');
    });
    // Followers poll until the other replicas can be heard again.
    notices.events.on('lost', () => this.allChanged());
  }

  /** Whether other servers tell what changes. A server with SQLite hears of itself only. */
  get hearsOthers(): boolean {
    return this.notices.hearsOthers;
  }

  /** How many follow executions now. */
  get watching(): number {
    return [...this.sleepers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Says that something has happened in an execution. */
  changed(id: string): void {
    for (const wake of this.sleepers.get(id) ?? []) wake();
  }

  /** Says that something may have happened in all of them. */
  allChanged(): void {
    for (const id of this.sleepers.keys()) this.changed(id);
  }

  /** Begins to watch an execution. */
  watch(id: string, signal: AbortSignal): Watch {
    let happened = false;
    let resume: (() => void) | undefined;
    const wake = () => {
      happened = true;
      resume?.();
    };
    const others = this.sleepers.get(id) ?? new Set();
    this.sleepers.set(id, others.add(wake));
    signal.addEventListener('abort', wake, { once: true });
    return {
      next: async (mostMs) => {
        const timer = mostMs === undefined ? undefined : setTimeout(wake, mostMs);
        if (!happened && !signal.aborted) await new Promise<void>((resolve) => (resume = resolve));
        clearTimeout(timer);
        happened = false;
      },
      stop: () => {
        signal.removeEventListener('abort', wake);
        others.delete(wake);
        if (others.size === 0) this.sleepers.delete(id);
      },
    };
  }
}
