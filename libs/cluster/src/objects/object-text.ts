import { atOnce } from '#base';
import { LAST_APPLIED, redactSecrets, type KubernetesObject } from '../secrets/redact.js';
import { yamlSteps } from '../text/yaml.js';

/** Fields that the API server fills in. They are not part of a change. */
const SERVER_FIELDS = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'uid',
];

interface TextOptions {
  /** The fields of `status` that count. */
  statusFields: readonly string[];
  /** The earlier version of a Secret: of two values of one size, the later is marked. */
  before?: KubernetesObject | undefined;
  /** Characters after which the text may end unfinished. */
  maxChars?: number;
}

/**
 * An object as YAML, to be compared: without what the API server and kubectl keep for themselves,
 * and with the values of a Secret as their size.
 */
export function comparableText(
  object: KubernetesObject,
  { statusFields, before, maxChars = Infinity }: TextOptions,
): string {
  const shown = withStatus(object, statusFields);
  const trimmed = { ...shown, metadata: ownMetadata(object.metadata ?? {}) };
  if (object.kind !== 'Secret') return atOnce(yamlSteps(trimmed, maxChars));
  const redacted = redactSecrets(structuredClone(trimmed));
  if (before) markChanged(redacted, object, before);
  return atOnce(yamlSteps(redacted, maxChars));
}

/** The object with no more of its status than some fields. */
function withStatus(object: KubernetesObject, fields: readonly string[]): KubernetesObject {
  const { status, ...rest } = object;
  const kept = Object.entries(status ?? {}).filter(([field]) => fields.includes(field));
  return kept.length === 0 ? rest : { ...rest, status: Object.fromEntries(kept) };
}

type Metadata = NonNullable<KubernetesObject['metadata']>;

function ownMetadata(metadata: Metadata): Metadata {
  const entries = Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field));
  const { annotations, ...own } = Object.fromEntries(entries) as Metadata;
  if (!annotations) return own;
  const { [LAST_APPLIED]: _, ...others } = annotations;
  return Object.keys(others).length === 0 ? own : { ...own, annotations: others };
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
