/** What the API server takes in one request, in bytes of JSON. */
const MAX_SIZE = 3 * 1024 * 1024;
const MAX_DEPTH = 200;

/**
 * Why a value cannot be sent as it is meant, if so: a number that JSON or this server cannot carry, or more than an API server takes.
 * Aliases are followed, so that their bombs end here.
 */
export function checkValue(root: unknown): string | undefined {
  let size = 0;
  const walk = (value: unknown, path: string, depth: number): string | undefined => {
    size += typeof value === 'string' ? value.length + 2 : 4;
    if (size > MAX_SIZE) return 'is larger than the 3 MiB that an API server takes';
    if (depth > MAX_DEPTH) return 'is nested too deeply';
    if (typeof value === 'number') return checkNumber(value, path);
    if (typeof value !== 'object' || value === null) return undefined;
    for (const [key, item] of Object.entries(value)) {
      size += key.length + 4;
      const problem = walk(item, path === '' ? key : `${path}.${key}`, depth + 1);
      if (problem) return problem;
    }
    return undefined;
  };
  return walk(root, '', 0);
}

function checkNumber(value: number, path: string): string | undefined {
  if (!Number.isFinite(value)) {
    return `has at ${path} a number that JSON cannot carry; put it in quotes if it is text`;
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return `has at ${path} a whole number beyond 2^53, which would be rounded; put it in quotes if it is text`;
  }
  return undefined;
}
