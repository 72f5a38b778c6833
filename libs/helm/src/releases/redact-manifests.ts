import { runInWorker, WorkTooLarge } from '#base';
import { noteAnswer } from '#cluster';
import { redactText, type RedactedManifest } from './manifest-redaction.js';
import type { Release } from './release.js';

/** Characters of manifests that are read in this thread. Longer ones would block the event loop. */
const MAX_INLINE_CHARS = 16_000;
const TIMEOUT_MS = 20_000;

const TOO_LARGE = '# Not shown: it is too large to look for Secrets in it.\n';

/**
 * Manifests with the values of their Secrets shown as their size; see `redactText`. The values are
 * noted for the call, so that the rest of its answer shows none of them.
 * @param isStored whether the caller cannot have written them: then their names and labels are not
 * secret
 */
export async function redactManifests(
  manifests: readonly string[],
  signal: AbortSignal,
  isStored = true,
): Promise<string[]> {
  const results = await readAll(manifests, signal);
  for (const { secrets, others } of results ?? []) {
    for (const other of others) await noteAnswer('', other, isStored);
    for (const secret of secrets) await noteAnswer('', secret, isStored);
  }
  return results?.map(({ text }) => text) ?? manifests.map(() => TOO_LARGE);
}

/** A release with its manifest and its hooks redacted, as `redactManifests` does it. */
export async function redactRelease(
  release: Release,
  signal: AbortSignal,
  isStored = true,
): Promise<Release> {
  const { hooks } = release;
  const texts = [release.manifest, ...hooks.map((hook) => hook.manifest ?? '')];
  const [manifest = '', ...others] = await redactManifests(texts, signal, isStored);
  return {
    ...release,
    manifest,
    hooks: hooks.map((hook, index) => ({ ...hook, manifest: others[index] })),
  };
}

async function readAll(
  manifests: readonly string[],
  signal: AbortSignal,
): Promise<RedactedManifest[] | undefined> {
  const size = manifests.reduce((sum, manifest) => sum + manifest.length, 0);
  if (size <= MAX_INLINE_CHARS) return manifests.map(redactText);
  const file = new URL('./manifest-redaction.worker.js', import.meta.url);
  try {
    return await runInWorker(file, manifests, { signal, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (error instanceof WorkTooLarge) return undefined;
    throw error;
  }
}
