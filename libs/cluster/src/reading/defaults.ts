import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '#base';

type Scalar = string | number | boolean;

/**
 * What the API server fills in where a field is left out: a value, the same for the fields of a
 * value, or for each item of a list (as a list of one). A value that is empty then says nothing.
 * None is inside of what server-side apply sets as a whole: without it, that would be another
 * value, which conflicts with the one that somebody else has set.
 */
export interface Defaults {
  readonly [field: string]: Scalar | Defaults | readonly [Defaults];
}

/** Removes the fields that have the value which the API server would fill in. */
export function dropDefaults(value: unknown, defaults: Defaults): void {
  if (!isRecord(value)) return;
  for (const [field, byDefault] of Object.entries(defaults)) {
    const held = value[field];
    if (held === undefined) continue;
    if (typeof byDefault !== 'object') {
      if (held === byDefault) delete value[field];
    } else if (isList(byDefault)) {
      if (Array.isArray(held)) for (const item of held) dropDefaults(item, byDefault[0]);
    } else {
      dropDefaults(held, byDefault);
      if (isDeepStrictEqual(held, {})) delete value[field];
    }
  }
}

function isList(defaults: Defaults | readonly [Defaults]): defaults is readonly [Defaults] {
  return Array.isArray(defaults);
}
