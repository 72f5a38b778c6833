import { ToolError } from '#tools';

/** What a reading gives; undefined where it fails with `not_found`. Throws what else it throws. */
export async function ifFound<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'not_found') return undefined;
    throw error;
  }
}
