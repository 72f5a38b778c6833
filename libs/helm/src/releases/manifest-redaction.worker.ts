import { redactText, type RedactedManifest } from './manifest-redaction.js';

/** Redacts manifests in a thread of its own. */
export default function redact(manifests: readonly string[]): RedactedManifest[] {
  return manifests.map(redactText);
}
