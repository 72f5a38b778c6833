import { isRecord } from '#base';

/** The value that a JSON pointer (RFC 6901) leads to; undefined where there is none. */
export function valueAt(object: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => {
      if (Array.isArray(value)) return value[Number(key)];
      return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }, object);
}
