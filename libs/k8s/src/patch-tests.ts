import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '#tools';

/**
 * The paths of those test operations of a JSON patch (RFC 6902) that do not hold for an object.
 * Only the tests before the first change are looked at: later ones are about what the patch itself
 * has made. A test whose path is no text is the API server's to refuse.
 */
export function failedTests(patch: unknown, object: unknown): string[] {
  const operations = (Array.isArray(patch) ? patch : []).filter(isRecord);
  const firstChange = operations.findIndex(({ op }) => op !== 'test');
  const tests = firstChange < 0 ? operations : operations.slice(0, firstChange);
  return tests.flatMap(({ path, value }) =>
    typeof path !== 'string' || isDeepStrictEqual(valueAt(object, path), value) ? [] : [path],
  );
}

/** The value that a JSON pointer (RFC 6901) leads to. */
function valueAt(object: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => {
      if (Array.isArray(value)) return value[Number(key)];
      return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }, object);
}
