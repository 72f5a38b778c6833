import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '#base';
import { valueAt } from '#cluster';

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
