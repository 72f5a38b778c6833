import type { Meter } from '@opentelemetry/api';
import { OTHER, prometheusName } from './names.js';

/** A value for each label, in the order of their names. */
export type LabelValues<Names extends readonly string[]> = { [Index in keyof Names]: string };

/** What an instrument is, said once for Prometheus and for OpenTelemetry. */
export interface Declaration<Names extends readonly string[]> {
  /** As OpenTelemetry writes it: `skyflo.tool.call.duration`. */
  readonly name: string;
  readonly description: string;
  /** `s`, `By`, or what is counted: `{call}`. */
  readonly unit: string;
  /** As OpenTelemetry writes them: `gen_ai.tool.name`. */
  readonly labels: Names;
}

export type InstrumentKind = 'counter' | 'gauge' | 'histogram';

/** The labels of one time series. Those without a value are left out. */
export interface LabelSet {
  /** As OpenTelemetry writes them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** As Prometheus writes them. */
  readonly labels: Readonly<Record<string, string>>;
}

/** One value as Prometheus reads it. */
export interface Sample {
  /** Undefined where it is that of the instrument. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * Time series of one instrument. Whatever is wrong with the bounds of its labels, a server does not
 * run out of memory for it: further ones are counted together.
 */
const MAX_SERIES = 2_000;

const instruments: Instrument[] = [];
let meter: Meter | undefined;

/** What is measured, under one name. Whoever records knows nothing of who reads. */
export abstract class Instrument<Names extends readonly string[] = readonly string[]> {
  readonly prometheusName: string;

  constructor(
    readonly declaration: Declaration<Names>,
    readonly kind: InstrumentKind,
  ) {
    this.prometheusName = prometheusName(declaration, kind);
  }

  /** All values as they are now. */
  abstract samples(): Sample[] | Promise<Sample[]>;

  /** Hands all that is recorded from now on to a meter of OpenTelemetry, too. */
  abstract feed(to: Meter): void;

  protected labelSet(values: readonly string[]): LabelSet {
    const pairs = this.declaration.labels
      .map((name, index) => [name, values[index] ?? ''] as const)
      .filter(([, value]) => value !== '');
    return {
      attributes: Object.fromEntries(pairs),
      labels: Object.fromEntries(pairs.map(([name, value]) => [name.replaceAll('.', '_'), value])),
    };
  }
}

/** The time series of an instrument that adds up what is recorded. */
export class SeriesMap<Series> {
  private readonly byKey = new Map<string, Series>();

  /** @param create makes a series, for values of labels that were not seen before */
  constructor(private readonly create: (values: readonly string[]) => Series) {}

  /** The series of some labels. No call is slowed down by it: a hit is one look-up. */
  at(values: readonly string[]): Series {
    const key = values.length === 1 ? values[0]! : values.join('\0');
    return this.byKey.get(key) ?? this.add(key, values);
  }

  all(): IterableIterator<Series> {
    return this.byKey.values();
  }

  private add(key: string, values: readonly string[]): Series {
    const isFull = this.byKey.size >= MAX_SERIES;
    if (isFull && values.some((value) => value !== OTHER)) return this.at(values.map(() => OTHER));
    const series = this.create(values);
    this.byKey.set(key, series);
    return series;
  }
}

/**
 * Adds an instrument to those that are shown.
 * @throws Error for a name that another one has
 */
export function declare<T extends Instrument>(instrument: T): T {
  const { prometheusName: name } = instrument;
  if (instruments.some((other) => other.prometheusName === name)) {
    throw new Error(`Two instruments are called ${name}.`);
  }
  instruments.push(instrument);
  if (meter) instrument.feed(meter);
  return instrument;
}

/** All instruments, in the order of their declaration. */
export function allInstruments(): readonly Instrument[] {
  return instruments;
}

/** Hands all that is recorded from now on to a meter of OpenTelemetry, too. */
export function feedMeter(to: Meter): void {
  meter = to;
  for (const instrument of instruments) instrument.feed(to);
}
