import { invalidField, ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import type { ApiResource } from '../discovery/api-resource.js';
import { objectSchema, type ObjectSchema } from '../objects/object-schema.js';
import type { FieldPath } from './field-path.js';
import type { SoughtPath } from './sought-path.js';

/**
 * What is to be said of paths that no object has: a remark for one that an object may have by the
 * schema of its kind.
 * @throws ToolError `invalid_input` for any other path, with the fields that there are in its place
 */
export async function missingPathNotes(
  cluster: Cluster,
  resources: readonly ApiResource[],
  paths: readonly SoughtPath[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const missing = paths.filter((path) => path.isMissing);
  if (missing.length === 0) return [];
  const schemas = await Promise.all(
    [...new Set(resources)].map((resource) => schemaOf(cluster, resource, signal)),
  );
  return missing.map(({ parameter, path, instead }) => {
    if (schemas.some((schema) => mayHave(schema, path))) {
      return `No object here has ${String(path)}. ${instead}`;
    }
    const wrong = `names ${String(path)}, which no object has. ${instead.replace(/\.$/, '')}`;
    throw invalidField(parameter, wrong);
  });
}

/** Whether an object may have a path; true of a kind without a schema, or with one that is open. */
function mayHave(schema: ObjectSchema | undefined, { steps }: FieldPath): boolean {
  let place = schema;
  for (const step of steps) {
    if (!place) return true;
    const { fieldNames } = place;
    const isName = typeof step === 'string';
    if (isName && place.isList) return false;
    if (isName && fieldNames && !fieldNames.includes(step)) return false;
    if (!isName && fieldNames && !place.isList) return step === null && fieldNames.length > 0;
    place = isName || !place.isList ? place.field(String(step)) : place.item;
  }
  return true;
}

async function schemaOf(
  cluster: Cluster,
  resource: ApiResource,
  signal: AbortSignal | undefined,
): Promise<ObjectSchema | undefined> {
  try {
    return await objectSchema(cluster, resource, signal);
  } catch (error) {
    if (error instanceof ToolError && error.code !== 'cancelled') return undefined;
    throw error;
  }
}
