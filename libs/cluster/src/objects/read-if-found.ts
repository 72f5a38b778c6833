import { ToolError } from '#tools';

/** The result of a read. Undefined if it fails with `not_found`. Other errors are thrown. */
export async function ifFound<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'not_found') return undefined;
    throw error;
  }
}
