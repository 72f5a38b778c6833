import { isRecord } from '#base';
import {
  apiStatusOf,
  objectSchema,
  type ApiResource,
  type Cluster,
  type ObjectSchema,
} from '#cluster';
import { type ToolError } from '#tools';

/**
 * The API server's messages for a value of the wrong type. They often do not name the field, or
 * name a field of a Go structure.
 */
const WRONG_TYPE =
  /expected (?:string|numeric|boolean|map|list|any scalar)|cannot (?:convert|unmarshal|restore)|unrecognized type|quantities must match|must be of type/;

/** The API server's format of quantities. */
const QUANTITY = /^[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*$/;

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

/** Most faults to report of one object. */
const MAX_FAULTS = 10;

/**
 * Adds to the failure of a write which fields have values of the wrong type, and what types they
 * need; never a value. Returns any other failure as it is, also if the fields cannot be found.
 * @param faultsOf finds the fields, by the schema of the object
 */
export async function withTypeFaults(
  error: ToolError,
  cluster: Cluster,
  resource: ApiResource,
  faultsOf: (schema: ObjectSchema) => string[],
  signal: AbortSignal,
): Promise<ToolError> {
  const said = apiStatusOf(error)?.message ?? '';
  if (error.code !== 'invalid_input' || !WRONG_TYPE.test(said)) return error;
  // The right to write an object does not include the right to read the schemas.
  const schema = await objectSchema(cluster, resource, signal).catch(() => undefined);
  const faults = schema ? faultsOf(schema) : [];
  if (faults.length === 0) return error;
  const more = faults.length > MAX_FAULTS ? `; and ${faults.length - MAX_FAULTS} more` : '';
  return error.with({ message: `${faults.slice(0, MAX_FAULTS).join('; ')}${more}` });
}

/**
 * The type faults of a value and everything in it: `spec.replicas must be a whole number, not
 * text`.
 */
export function typeFaults(schema: ObjectSchema, value: unknown, path = ''): string[] {
  if (value === null || value === undefined) return [];
  const own = faultOf(schema, value);
  if (own !== undefined) return [`${path || 'the object'} ${own}`];
  if (Array.isArray(value)) {
    const { item } = schema;
    return value.flatMap((one, index) => typeFaults(item, one, `${path}[${index}]`));
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    // Directives of strategic merge patches are not fields.
    if (name.startsWith('$')) return [];
    return typeFaults(schema.field(name), field, path === '' ? name : `${path}.${name}`);
  });
}

/** The type faults of the operations of a JSON patch (RFC 6902). */
export function operationFaults(schema: ObjectSchema, operations: unknown): string[] {
  if (!Array.isArray(operations)) return [];
  return operations.filter(isRecord).flatMap(({ op, path, value }) => {
    if (typeof path !== 'string' || (op !== 'add' && op !== 'replace')) return [];
    const keys = path.split('/').slice(1);
    const names = keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const at = names.reduce(
      (place, name) => (place.types.includes('array') ? place.item : place.field(name)),
      schema,
    );
    return typeFaults(at, value, path);
  });
}

function faultOf({ types, isQuantity }: ObjectSchema, value: unknown): string | undefined {
  const type = typeOf(value);
  if (isQuantity) {
    const isRight =
      typeof value === 'string' ? QUANTITY.test(value) : ['integer', 'number'].includes(type);
    return isRight ? undefined : 'must be a quantity such as "500m" or "1Gi"';
  }
  const isRight =
    types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'));
  if (isRight) return undefined;
  const wanted = types.map((name) => WORDS[name] ?? name).join(' or ');
  return `must be ${wanted}, not ${type === 'boolean' ? 'a boolean' : WORDS[type]}`;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return isRecord(value) ? 'object' : typeof value;
}
