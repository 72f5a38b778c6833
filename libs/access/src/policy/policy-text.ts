import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { MAX_POLICY_BYTES } from './policy-fields.js';
import { PolicyError } from './policy.error.js';

/**
 * Reads the text of a policy file, by its path each time: Kubernetes and editors put another file
 * in its place.
 * @throws PolicyError if there is no such file, or if it cannot be a policy
 */
export async function policyText(path: string): Promise<string> {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    ({ code }: NodeJS.ErrnoException) => {
      throw unreadable(
        path,
        code === 'ENOENT' ? 'There is no such file.' : `It cannot be read (${code}).`,
      );
    },
  );
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw unreadable(path, 'It is no file.');
    if (stat.size > MAX_POLICY_BYTES) {
      throw unreadable(path, `It has ${stat.size} bytes. The most are ${MAX_POLICY_BYTES}.`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function unreadable(path: string, message: string): PolicyError {
  return new PolicyError(path, [{ line: 1, column: 1, message }]);
}
