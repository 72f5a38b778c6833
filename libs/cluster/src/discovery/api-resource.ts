import { ToolError } from '#tools';

/** What discovery says of one resource in one version. */
export interface ApiResourceFields {
  /** "" for the core group. */
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  shortNames: readonly string[];
  verbs: readonly string[];
  categories: readonly string[];
  /** E.g. `scale`, `status`, `log`. */
  subresources: readonly string[];
}

/** A resource type of one API server, and the paths of its objects. */
export class ApiResource implements ApiResourceFields {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly verbs: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  /** `pods`, `deployments.apps`: as RBAC and error messages name it. */
  readonly groupResource: string;
  /** `pod`, `deployment.apps`: as kubectl prints it before an object's name. */
  readonly typeName: string;

  constructor(fields: ApiResourceFields) {
    this.group = fields.group;
    this.version = fields.version;
    this.kind = fields.kind;
    this.plural = fields.plural;
    this.singular = fields.singular;
    this.namespaced = fields.namespaced;
    this.shortNames = fields.shortNames;
    this.verbs = fields.verbs;
    this.categories = fields.categories;
    this.subresources = fields.subresources;
    const suffix = fields.group && `.${fields.group}`;
    this.apiVersion = fields.group ? `${fields.group}/${fields.version}` : fields.version;
    this.groupResource = `${fields.plural}${suffix}`;
    this.typeName = `${fields.kind.toLowerCase()}${suffix}`;
  }

  /** One of its objects, as kubectl names it: `pod/web`, `deployment.apps/web`. */
  label(name: string): string {
    return `${this.typeName}/${name}`;
  }

  /**
   * The URL path of a list, an object or a subresource. Without a namespace: all namespaces, or a
   * cluster-scoped resource.
   * @throws ToolError `invalid_input` for a name that would lead elsewhere
   */
  path(namespace?: string, name?: string, subresource?: string): string {
    let path = this.group ? `/apis/${this.group}/${this.version}` : `/api/${this.version}`;
    if (namespace !== undefined && this.namespaced) path += `/namespaces/${segment(namespace)}`;
    path += `/${this.plural}`;
    if (name !== undefined) path += `/${segment(name)}`;
    if (subresource !== undefined) path += `/${subresource}`;
    return path;
  }
}

/** The two parts of an `apiVersion`; the group is "" for the core group. */
export function groupVersionOf(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(0, slash)), version: apiVersion.slice(slash + 1) };
}

function segment(text: string): string {
  if (text === '' || text === '.' || text === '..' || text.includes('/')) {
    throw new ToolError('invalid_input', `"${text}" cannot be the name of an object.`);
  }
  return encodeURIComponent(text);
}
