import { createTwoFilesPatch } from 'diff';
import { redactSecrets, type KubernetesObject } from './redact.js';
import { toYaml } from './yaml.js';

/** What the API server itself counts on or fills in: no part of what somebody changed. */
const SERVER_FIELDS = ['managedFields', 'resourceVersion', 'generation'];

/** Lines of a diff that are shown; the rest of a longer one is only counted. */
const MAX_LINES = 400;

/**
 * What changes between two versions of an object, as a unified diff of their YAML; "" if nothing does. `status` and what the API server keeps for
 * itself are left out, values of Secrets are shown as their size, a changed value of the same size as changed.
 * @param before undefined for an object that is created
 * @param after undefined for one that is deleted
 */
export function diffObjects(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
): string {
  const [from, to] = [textOf(before), textOf(after, before)];
  if (from === to) return '';
  const patch = createTwoFilesPatch('live', 'result', from, to, undefined, undefined, {
    context: 3,
  });
  const lines = patch.split('\n').slice(1).join('\n').trimEnd().split('\n');
  if (lines.length <= MAX_LINES) return lines.join('\n');
  return [...lines.slice(0, MAX_LINES), `[${lines.length - MAX_LINES} more lines]`].join('\n');
}

function textOf(object: KubernetesObject | undefined, other?: KubernetesObject): string {
  if (!object) return '';
  const { status: _, ...shown } = structuredClone(object);
  const metadata = Object.entries(shown.metadata ?? {}).filter(
    ([field]) => !SERVER_FIELDS.includes(field),
  );
  const trimmed = redactSecrets({ ...shown, metadata: Object.fromEntries(metadata) });
  if (object.kind === 'Secret' && other) markChanged(trimmed, object, other);
  return toYaml(trimmed);
}

/** Two values of one size look the same once redacted: the later one is marked. */
function markChanged(
  redacted: KubernetesObject,
  object: KubernetesObject,
  other: KubernetesObject,
): void {
  const [shown, now, then] = [redacted, object, other].map(
    ({ data }) => (data ?? {}) as Record<string, string>,
  );
  for (const key of Object.keys(shown ?? {})) {
    const isKnown = then?.[key] !== undefined;
    if (isKnown && shown && now?.[key] !== then?.[key]) shown[key] = `${shown[key]} (changed)`;
  }
}
