import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '#base';
import { valueAt } from '#cluster';

/**
 * The paths of the `test` operations of a JSON patch (RFC 6902) that fail for an object. Only looks
 * at the tests before the first change, as later ones test the result of the patch itself. Leaves a
 * path that is not text for the API server to refuse.
 */
export function failedTests(patch: unknown, object: unknown): string[] {
  const operations = (Array.isArray(patch) ? patch : []).filter(isRecord);
  const firstChange = operations.findIndex(({ op }) => op !== 'test');
  const tests = firstChange < 0 ? operations : operations.slice(0, firstChange);
  return tests.flatMap(({ path, value }) =>
    typeof path !== 'string' || isDeepStrictEqual(valueAt(object, path), value) ? [] : [path],
  );
}
