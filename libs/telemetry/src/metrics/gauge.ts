import type { Meter } from '@opentelemetry/api';
import {
  declare,
  Instrument,
  type Declaration,
  type LabelSet,
  type LabelValues,
  type Sample,
} from './instrument.js';

/** What is there at the moment: a value, and the values of the labels. */
export type Observed<Names extends readonly string[]> = [value: number, ...LabelValues<Names>];

/** Looks what is there. */
export type Observer<Names extends readonly string[]> = () =>
  Iterable<Observed<Names>> | Promise<Iterable<Observed<Names>>>;

/** What is there at the moment, looked at when somebody reads it: until then it costs nothing. */
export class Gauge<const Names extends readonly string[]> extends Instrument<Names> {
  private readonly observers = new Set<Observer<Names>>();

  constructor(declaration: Declaration<Names>) {
    super(declaration, 'gauge');
  }

  /** Adds one that looks. @returns a function that takes it away */
  observe(observer: Observer<Names>): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  async samples(): Promise<Sample[]> {
    const found = await this.look();
    return found.map(({ labels, value }) => ({ labels, value }));
  }

  feed(to: Meter): void {
    const { name, description, unit } = this.declaration;
    to.createObservableGauge(name, { description, unit }).addCallback(async (result) => {
      for (const { value, attributes } of await this.look()) result.observe(value, attributes);
    });
  }

  /** What cannot be looked at is left out. */
  private async look(): Promise<(LabelSet & { value: number })[]> {
    const looks = await Promise.allSettled([...this.observers].map(async (look) => look()));
    return looks.flatMap((look) =>
      look.status === 'rejected'
        ? []
        : [...look.value].map(([value, ...values]) => ({ value, ...this.labelSet(values) })),
    );
  }
}

/** Declares a gauge. */
export function gauge<const Names extends readonly string[]>(
  declaration: Declaration<Names>,
): Gauge<Names> {
  return declare(new Gauge(declaration));
}
