import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { keepPrivateFile, readPrivateFile } from '#base';

const LEAST_BYTES = 32;

/**
 * The secret that the digests of API keys are made with. Without it, the file of keys is of no use
 * to whoever gets hold of it or may write to it.
 * @param file the setting; empty for a file of the state folder, which is made at the first use
 */
export function readPepper({ file, folder }: { file: string; folder: string }): KeyObject {
  const text = file
    ? readPrivateFile(file, { mayGroupRead: true })
    : keepPrivateFile(join(folder, 'api-keys-pepper'), () => randomBytes(32).toString('base64url'));
  const pepper = Buffer.from(text.trim());
  // Four times as fast as a buffer, which Node makes into a key for each digest.
  if (pepper.length >= LEAST_BYTES) return createSecretKey(pepper);
  throw new Error(
    `The pepper in ${file || folder} is too short. It needs ${LEAST_BYTES} random characters, e.g. from: openssl rand -hex 32`,
  );
}
