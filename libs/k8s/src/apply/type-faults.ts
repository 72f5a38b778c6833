import { isRecord } from '#base';
import {
  apiStatusOf,
  objectSchema,
  type ApiResource,
  type Cluster,
  type ObjectSchema,
} from '#cluster';
import { ToolError } from '#tools';

/**
 * How the API server says that a value is of a wrong type; often without the field, or with a field
 * of its own Go structures.
 */
const WRONG_TYPE =
  /expected (?:string|numeric|boolean|map|list|any scalar)|cannot (?:convert|unmarshal|restore)|unrecognized type|quantities must match|must be of type/;

/** The form of a quantity, as the API server checks it. */
const QUANTITY = /^[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*$/;

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

/** Most faults that are told of one object. */
const MOST = 10;

/**
 * The failure of a write with the fields whose values are of a wrong type, and what they have to
 * be; never with a value. Any other failure, and one whose fields cannot be found, as it is.
 * @param faultsOf finds them, by the schema of the object
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
  // Whoever may write an object need not be allowed to read the schemas.
  const schema = await objectSchema(cluster, resource, signal).catch(() => undefined);
  const faults = schema ? faultsOf(schema) : [];
  if (faults.length === 0) return error;
  const more = faults.length > MOST ? `; and ${faults.length - MOST} more` : '';
  return new ToolError('invalid_input', `${faults.slice(0, MOST).join('; ')}${more}`, {
    cause: error.cause,
  });
}

/**
 * What is wrong with the types of a value and of all in it: `spec.replicas must be a whole number,
 * not text`.
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
    // A directive of a strategic merge patch is no field.
    if (name.startsWith('$')) return [];
    return typeFaults(schema.field(name), field, path === '' ? name : `${path}.${name}`);
  });
}

/** The same of the operations of a JSON patch (RFC 6902). */
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
