import type { ApiResource } from '../discovery/api-resource.js';
import type { Cluster } from '../cluster.js';
import { ifFound } from './read-if-found.js';
import { isRecord } from '#base';

/** What is read of a schema of the API server's OpenAPI document. */
interface SchemaNode {
  type?: string;
  oneOf?: SchemaNode[];
  $ref?: string;
  allOf?: SchemaNode[];
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | boolean;
  items?: SchemaNode;
  required?: string[];
  default?: unknown;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: string;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

type Schemas = Record<string, SchemaNode>;

const REF_PREFIX = '#/components/schemas/';
const QUANTITY = `${REF_PREFIX}io.k8s.apimachinery.pkg.api.resource.Quantity`;

/**
 * How the parts of a value are merged by server-side apply (KEP-555): as the API server's own
 * schema says.
 */
export class ObjectSchema {
  private readonly node: SchemaNode;

  /** A quantity of the Kubernetes API: `500m`, `1Gi`. */
  readonly isQuantity: boolean;

  constructor(
    node: SchemaNode,
    private readonly schemas: Schemas,
  ) {
    this.node = resolved(node, schemas);
    this.isQuantity = (node.$ref ?? node.allOf?.[0]?.$ref) === QUANTITY;
  }

  /** The types that a value may be of, by their JSON schema names; none where it may be of any. */
  get types(): readonly string[] {
    const { type, oneOf = [], 'x-kubernetes-int-or-string': isEither } = this.node;
    if (isEither) return ['integer', 'string'];
    return [type, ...oneOf.map((one) => one.type)].filter((name) => name !== undefined);
  }

  /** Whether a map is one value, which is always set as a whole. */
  get isAtomicMap(): boolean {
    return this.node['x-kubernetes-map-type'] === 'atomic';
  }

  /** The fields that tell the items of a list apart; undefined where the items have no keys. */
  get listKeys(): readonly string[] | undefined {
    const { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys } = this.node;
    return type === 'map' ? keys : undefined;
  }

  /** A list in which each value is once. */
  get isSet(): boolean {
    return this.node['x-kubernetes-list-type'] === 'set';
  }

  /** What the API server fills in where the value is left out. */
  get default(): unknown {
    return this.node.default;
  }

  get isList(): boolean {
    return this.node.type === 'array';
  }

  /** The names of all fields that a value can have; undefined where they can have any name. */
  get fieldNames(): readonly string[] | undefined {
    const { type, properties, additionalProperties } = this.node;
    const isOpen = this.node['x-kubernetes-preserve-unknown-fields'] ?? additionalProperties;
    if (isOpen) return undefined;
    if (properties) return Object.keys(properties);
    return type === undefined || type === 'object' ? undefined : [];
  }

  isRequired(name: string): boolean {
    return this.node.required?.includes(name) ?? false;
  }

  field(name: string): ObjectSchema {
    const { properties = {}, additionalProperties } = this.node;
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const other = isRecord(additionalProperties) ? additionalProperties : {};
    return new ObjectSchema(own ?? other, this.schemas);
  }

  get item(): ObjectSchema {
    return new ObjectSchema(this.node.items ?? {}, this.schemas);
  }
}

/**
 * The schema of a resource type, by the API server's OpenAPI v3 document of its version; undefined
 * where that does not have it.
 * @throws ToolError as `Cluster.request`
 */
export async function objectSchema(
  cluster: Cluster,
  { apiVersion, group, version, kind }: ApiResource,
  signal: AbortSignal | undefined,
): Promise<ObjectSchema | undefined> {
  const path = `/openapi/v3/${group === '' ? 'api' : 'apis'}/${apiVersion}`;
  const document = await ifFound(
    cluster.request<{ components?: { schemas?: Schemas } }>(path, { signal }),
  );
  const schemas = document?.components?.schemas ?? {};
  const node = Object.values(schemas).find(({ 'x-kubernetes-group-version-kind': kinds = [] }) =>
    kinds.some((it) => it.group === group && it.version === version && it.kind === kind),
  );
  return node && new ObjectSchema(node, schemas);
}

/** A schema with its references resolved. Its own keywords take precedence. */
function resolved(node: SchemaNode, schemas: Schemas): SchemaNode {
  const { $ref, allOf: [only] = [], ...own } = node;
  const base = $ref === undefined ? only : schemas[$ref.slice(REF_PREFIX.length)];
  return base ? { ...resolved(base, schemas), ...own } : own;
}
