import type { Histogram as OtelHistogram, Meter } from '@opentelemetry/api';
import {
  declare,
  Instrument,
  SeriesMap,
  type Declaration,
  type LabelSet,
  type LabelValues,
  type Sample,
} from './instrument.js';

interface HistogramDeclaration<Names extends readonly string[]> extends Declaration<Names> {
  /** The upper bounds of its buckets, rising. */
  readonly buckets: readonly number[];
}

interface HistogramSeries extends LabelSet {
  /** One for each bound, and one for what is above all of them. */
  readonly counts: Float64Array;
  sum: number;
}

/** Sorts what is recorded into buckets. */
export class Histogram<const Names extends readonly string[]> extends Instrument<Names> {
  private readonly buckets: readonly number[];
  private readonly series = new SeriesMap<HistogramSeries>((values) => ({
    ...this.labelSet(values),
    counts: new Float64Array(this.buckets.length + 1),
    sum: 0,
  }));
  private sink: OtelHistogram | undefined;

  constructor(declaration: HistogramDeclaration<Names>) {
    super(declaration, 'histogram');
    this.buckets = declaration.buckets;
  }

  record(value: number, ...values: LabelValues<Names>): void {
    const series = this.series.at(values);
    const { buckets } = this;
    let index = 0;
    while (index < buckets.length && value > buckets[index]!) index += 1;
    series.counts[index]! += 1;
    series.sum += value;
    this.sink?.record(value, series.attributes);
  }

  samples(): Sample[] {
    return [...this.series.all()].flatMap(({ labels, counts, sum }) => {
      let count = 0;
      const bounds = [...this.buckets, '+Inf'];
      const buckets = bounds.map((le, index) => {
        count += counts[index]!;
        return this.sample('_bucket', { ...labels, le }, count);
      });
      return [...buckets, this.sample('_sum', labels, sum), this.sample('_count', labels, count)];
    });
  }

  feed(to: Meter): void {
    const { name, description, unit } = this.declaration;
    const advice = { explicitBucketBoundaries: [...this.buckets] };
    this.sink = to.createHistogram(name, { description, unit, advice });
  }

  private sample(suffix: string, labels: Sample['labels'], value: number): Sample {
    return { metricName: this.prometheusName + suffix, labels, value };
  }
}

/** Declares a histogram. */
export function histogram<const Names extends readonly string[]>(
  declaration: HistogramDeclaration<Names>,
): Histogram<Names> {
  return declare(new Histogram(declaration));
}
