import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '#base';
import type { ObjectSchema } from '../objects/object-schema.js';
import { MAX_DEPTH } from '../text/json.js';

/** An empty selector selects everything. */
const SELECTOR = /selector$/i;

/** Fields of an object that are no wishes of its owner. */
const KEPT = ['apiVersion', 'kind', 'metadata', 'status'];

/** A field that its schema names. */
interface Field {
  value: PublishedDefaults;
  /** What the API server fills in; undefined where the field has to stay. */
  byDefault: unknown;
}

/**
 * The defaults that the API server publishes for a kind. What a map holds under names of its own
 * has none.
 */
export class PublishedDefaults {
  private readonly fields = new Map<string, Field>();
  private itemOf: PublishedDefaults | undefined;
  private readonly names: ReadonlySet<string>;
  private readonly isAtomic: boolean;

  constructor(private readonly schema: ObjectSchema) {
    this.names = new Set(schema.fieldNames);
    this.isAtomic = schema.isAtomicMap || (schema.isList && !schema.listKeys);
  }

  /** Removes from an object the fields that have their defaults. */
  dropFrom(object: Record<string, unknown>): void {
    for (const field of Object.keys(object)) {
      if (!KEPT.includes(field)) this.drop(object, field, 0);
    }
  }

  private drop(owner: Record<string, unknown>, name: string, depth: number): void {
    const field = this.field(name);
    if (!field) return;
    const held = owner[name];
    field.value.dropInside(held, depth + 1);
    const { byDefault } = field;
    if (byDefault !== undefined && isDeepStrictEqual(held, byDefault)) delete owner[name];
  }

  private dropInside(value: unknown, depth: number): void {
    // What is set as a whole stays whole: without a default it would be another value.
    if (depth > MAX_DEPTH || this.isAtomic) return;
    if (Array.isArray(value)) {
      this.itemOf ??= new PublishedDefaults(this.schema.item);
      for (const item of value) this.itemOf.dropInside(item, depth + 1);
    } else if (isRecord(value)) {
      for (const field of Object.keys(value)) this.drop(value, field, depth);
    }
  }

  private field(name: string): Field | undefined {
    if (!this.names.has(name)) return undefined;
    let field = this.fields.get(name);
    if (!field) {
      const own = this.schema.field(name);
      const isKept = this.schema.isRequired(name) || SELECTOR.test(name);
      field = {
        value: new PublishedDefaults(own),
        byDefault: isKept ? undefined : own.default,
      };
      this.fields.set(name, field);
    }
    return field;
  }
}
