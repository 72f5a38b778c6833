import { BrokenText } from './broken-text.js';

/** What the API server takes in one request, in bytes of JSON. */
export const MAX_OBJECT_BYTES = 3 * 1024 * 1024;

/** Values of one object, without keys. The largest definitions in use stay under a third of it. */
export const MAX_OBJECT_VALUES = 100_000;

/**
 * Whole numbers beyond 2^53 in one object. Each costs as much as many other values, and no object
 * in use has more than some.
 */
const MAX_LONG_INTEGERS = 10_000;

/** Values of a whole text: as many as 16 MiB of dense manifests have. */
const MAX_VALUES = 1_000_000;

/** Nested collections. An API server accepts fewer. */
const MAX_DEPTH = 200;

/**
 * From which counts on go-yaml looks at the share of values that come from aliases, and the share
 * that it allows.
 */
const LEAST_ALIASED = 100;
const LEAST_DECODED = 1_000;
const MAX_ALIASED_SHARE = 0.99;

/** What a part of a text has taken of its budget, aliases followed. */
export interface Spent {
  values: number;
  bytes: number;
}

/**
 * What may be read of a text. It is checked before each step, so that memory and time stay in
 * proportion to the size of the text. The budget of an object begins again with the next document,
 * and with the next item of a list of objects.
 */
export class Budget {
  private readonly total: Spent = { values: 0, bytes: 0 };
  private object: Spent = this.spent;
  private document: Spent = this.spent;
  private longIntegers = 0;
  private aliased = 0;
  private nested = 0;

  /** The total of everything read so far. */
  get spent(): Spent {
    return { ...this.total };
  }

  /** Collections that are open. */
  get depth(): number {
    return this.nested;
  }

  nextDocument(): void {
    this.document = this.spent;
    this.aliased = 0;
    this.nested = 0;
    this.nextObject();
  }

  nextObject(): void {
    this.object = this.spent;
    this.longIntegers = 0;
  }

  /** @param bytes of its JSON text, about */
  take(offset: number, bytes: number, values = 1): void {
    const { total, object } = this;
    total.values += values;
    total.bytes += bytes;
    if (total.bytes - object.bytes > MAX_OBJECT_BYTES) {
      throw new BrokenText('is larger than the 3 MiB that an API server takes', offset);
    }
    if (total.values - object.values > MAX_OBJECT_VALUES) {
      throw new BrokenText(`has more than ${MAX_OBJECT_VALUES} values in one object`, offset);
    }
    if (total.values > MAX_VALUES) {
      throw new BrokenText(`has more than ${MAX_VALUES} values; send it in parts`, offset);
    }
  }

  /** Takes a scalar that has been read, beside what `take` counts. */
  takeScalar(offset: number, value: unknown): void {
    if (typeof value !== 'bigint' || ++this.longIntegers <= MAX_LONG_INTEGERS) return;
    throw new BrokenText(
      `has more than ${MAX_LONG_INTEGERS} whole numbers beyond 2^53 in one object`,
      offset,
    );
  }

  takeAlias(offset: number, { bytes, values }: Spent): void {
    this.take(offset, bytes, values + 1);
    this.aliased += values;
    const decoded = this.total.values - this.document.values;
    const isExcessive = this.aliased > decoded * MAX_ALIASED_SHARE;
    if (this.aliased > LEAST_ALIASED && decoded > LEAST_DECODED && isExcessive) {
      throw new BrokenText('has too many aliases', offset);
    }
  }

  enter(offset: number): void {
    if (++this.nested > MAX_DEPTH) throw new BrokenText('is nested too deeply', offset);
  }

  leave(): void {
    this.nested--;
  }
}
