import { isRecord } from '#base';
import { apiStatusOf, type KubernetesObject } from '#cluster';

/** The API server's refusal of a field that the schema does not have. */
const UNDECLARED = /^(?:.*\): )?\s*(\..*): field not declared in schema$/gm;
/** Its refusal of null in a field that is not nullable. */
const NOT_NULLABLE = /must be of type \w+: "null"$/;

/** A list item in a path of the API server: `[name="web"]`, `[0]`. */
const ITEM = /\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]/g;
const ANY_ITEM = '[]';

/**
 * A manifest without the nulls for which the API server refused it. Generators write such nulls
 * (`creationTimestamp: null` in a template), and kubectl drops them. Returns the manifest itself if
 * it was refused for something else.
 */
export function withoutRefusedNulls(
  manifest: KubernetesObject,
  refused: unknown,
): KubernetesObject {
  const { message = '', details } = apiStatusOf(refused) ?? {};
  const unknown = Array.from(message.matchAll(UNDECLARED), ([, path = '']) => path);
  const notNullable = (details?.causes ?? [])
    .filter((cause) => NOT_NULLABLE.test(cause.message ?? ''))
    .map(({ field = '' }) => `.${field}`);
  const fields = [...unknown, ...notNullable].map((path) => path.replace(ITEM, ANY_ITEM));
  return withoutNulls(manifest, new Set(fields)) as KubernetesObject;
}

/** A value without those of `fields` that are null; the value itself if none is. */
function withoutNulls(value: unknown, fields: ReadonlySet<string>, path = ''): unknown {
  if (fields.size === 0) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item, fields, `${path}${ANY_ITEM}`));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const kept = entries.flatMap(([name, field]) => {
    const here = `${path}.${name}`;
    if (field === null && fields.has(here)) return [];
    return [[name, withoutNulls(field, fields, here)] as const];
  });
  const isSame = kept.length === entries.length && kept.every(([name, it]) => it === value[name]);
  return isSame ? value : Object.fromEntries(kept);
}
