import type { Counter as OtelCounter, Meter } from '@opentelemetry/api';
import {
  declare,
  Instrument,
  SeriesMap,
  type Declaration,
  type LabelSet,
  type LabelValues,
  type Sample,
} from './instrument.js';

interface CounterSeries extends LabelSet {
  value: number;
}

/** Adds up. */
export class Counter<const Names extends readonly string[]> extends Instrument<Names> {
  private readonly series = new SeriesMap<CounterSeries>((values) => ({
    ...this.labelSet(values),
    value: 0,
  }));
  private sink: OtelCounter | undefined;

  constructor(declaration: Declaration<Names>) {
    super(declaration, 'counter');
    // Without labels there is one series, which begins at zero.
    if (declaration.labels.length === 0) this.series.at([]);
  }

  add(amount: number, ...values: LabelValues<Names>): void {
    const series = this.series.at(values);
    series.value += amount;
    this.sink?.add(amount, series.attributes);
  }

  samples(): Sample[] {
    return [...this.series.all()].map(({ labels, value }) => ({ labels, value }));
  }

  feed(to: Meter): void {
    const { name, description, unit } = this.declaration;
    this.sink = to.createCounter(name, { description, unit });
  }
}

/** Declares a counter. */
export function counter<const Names extends readonly string[]>(
  declaration: Declaration<Names>,
): Counter<Names> {
  return declare(new Counter(declaration));
}
