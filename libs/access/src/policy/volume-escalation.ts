import { isRecord } from '#base';

/** Why a PersistentVolume gives its pods rights; undefined if it does not. */
export function volumeEscalation({ spec }: Record<string, unknown>): string | undefined {
  if (!isRecord(spec)) return undefined;
  if (spec.hostPath !== undefined) return 'it makes a volume of a folder of the node (hostPath)';
  if (spec.local !== undefined) return 'it makes a volume of a disk of the node (local)';
  const secret = Object.values(spec)
    .filter(isRecord)
    .flatMap((source) => Object.entries(source))
    .find(([field, value]) => field === 'secretNamespace' || namesSecretOf(field, value));
  if (!secret) return undefined;
  return `it lets a volume driver read a Secret of any namespace (${secret[0]})`;
}

function namesSecretOf(field: string, value: unknown): boolean {
  return /secret/i.test(field) && isRecord(value) && value.namespace !== undefined;
}
