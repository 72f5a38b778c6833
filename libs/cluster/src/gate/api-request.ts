import { bodyFacts, type BodyFacts } from './body-facts.js';
import { pathFacts, type PathFacts } from './path-facts.js';
import { queryValues, selectedName } from './query-facts.js';
import { uncertain } from './uncertain.js';

/** A request as it goes to an API server. */
export interface SentRequest {
  method: string;
  /** Path and query as they are sent, e.g. `/api/v1/pods?limit=500`. */
  target: string;
  /** An object, or the text or bytes of one. */
  body?: unknown;
  contentType?: string | undefined;
}

/** What a request asks of an API server, in the terms of RBAC. */
export interface ApiRequest {
  /**
   * get, list, watch, create, update, patch, delete or deletecollection. The method in lower case
   * where the path is no resource.
   */
  readonly verb: string;
  /** The API group; `''` is the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural, e.g. `deployments`; `''` for a path that is no resource, such as `/version`. */
  readonly resource: string;
  /** `''` for none. */
  readonly subresource: string;
  /** `''` for an object in no namespace, a namespace too, and for a read of all namespaces. */
  readonly namespace: string;
  /**
   * `''` for a read of many objects, and for an object whose name the API server makes. A list or
   * watch by the field selector `metadata.name` has that name.
   */
  readonly name: string;
  /** Whether its objects are in namespaces. Undefined where the path does not say. */
  readonly isNamespaced: boolean | undefined;
  readonly isDryRun: boolean;
  /** Whether it is a server-side apply, which creates an object that does not exist. */
  readonly isApply: boolean;
  /** The path, decoded. */
  readonly path: string;
}

/** What a request does to the world. */
export type RequestEffect = 'read' | 'create' | 'update' | 'delete' | 'exec';

const VERBS: Record<string, string> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const EFFECTS: Record<string, RequestEffect> = {
  get: 'read',
  head: 'read',
  list: 'read',
  watch: 'read',
  create: 'create',
  post: 'create',
  delete: 'delete',
  deletecollection: 'delete',
};

/** Subresources that lead into a container or through to a server, whatever the verb. */
const DOORS = ['exec', 'attach', 'portforward', 'proxy'];

/** Groups whose reviews are questions: they are created, but never stored. */
const QUESTIONS = ['authorization.k8s.io', 'authentication.k8s.io'];

const APPLY_TYPE = /^application\/apply-patch\+/i;

/**
 * Reads what a request asks of an API server, as the API server itself does (RequestInfo of
 * `k8s.io/apiserver/pkg/endpoints/request`).
 * @throws ToolError `invalid_input` for a request that can be read in more than one way
 */
export function readApiRequest({ method, target, body, contentType }: SentRequest): ApiRequest {
  const mark = target.indexOf('?');
  const place = pathFacts(mark < 0 ? target : target.slice(0, mark));
  const query = queryValues(mark < 0 ? '' : target.slice(mark + 1));
  const { group, version, resource, subresource, namespace, path } = place;
  const verb = verbOf(method, place, query.get('watch')?.[0]);
  const isNamed = verb === 'create' && place.name === '';
  // Other bodies say nothing that decides, and may be as large as a manifest can be.
  const isAsked = isNamed || method === 'DELETE' || subresource === 'eviction';
  const said = bodyFacts(isAsked ? body : undefined, contentType, isNamed);
  const isMany = verb === 'list' || verb === 'watch';
  const selected = isMany ? selectedName(query.get('fieldSelector')) : '';
  return {
    verb,
    group,
    version,
    resource,
    subresource,
    namespace,
    name: place.name || (isNamed ? said.name : selected),
    isNamespaced: isNamespaced(place, verb),
    isDryRun: isDryRun(method, place, said, query.get('dryRun')),
    isApply: verb === 'patch' && APPLY_TYPE.test(contentType ?? ''),
    path,
  };
}

/** What a request does, if it is no dry run. */
export function effectOf({
  verb,
  group,
  resource,
  subresource,
}: Pick<ApiRequest, 'verb' | 'group' | 'resource' | 'subresource'>): RequestEffect {
  if (DOORS.includes(subresource)) return 'exec';
  if (verb !== 'create') return EFFECTS[verb] ?? 'update';
  if (subresource === 'eviction') return 'delete';
  const isQuestion = subresource === '' && QUESTIONS.includes(group);
  return isQuestion && resource.endsWith('reviews') ? 'read' : 'create';
}

function verbOf(method: string, place: PathFacts, watch: string | undefined): string {
  const { resource, name, isWatch } = place;
  const verb = VERBS[method];
  if (verb === undefined) throw uncertain(`its method is ${JSON.stringify(method)}`);
  if (isWatch && method !== 'GET') throw uncertain(`its method is ${method} and its path watches`);
  if (resource === '') return method.toLowerCase();
  if (isWatch) return 'watch';
  if (name !== '') return verb;
  if (verb === 'delete') return 'deletecollection';
  if (verb !== 'get') return verb;
  return isTrue(watch) ? 'watch' : 'list';
}

/** As the API server reads a boolean of a query: `?watch` alone is true. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && !['false', '0'].includes(value.toLowerCase());
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function isNamespaced({ resource, namespace, name }: PathFacts, verb: string): boolean | undefined {
  if (namespace !== '') return true;
  const isAlone = name !== '' || verb === 'create' || resource === 'namespaces' || resource === '';
  return isAlone ? false : undefined;
}

/**
 * Whether nothing is stored. The API server takes the options of a deletion from its body if there
 * is one, and then ignores those of the query.
 */
function isDryRun(
  method: string,
  { subresource }: PathFacts,
  { dryRun, evictionDryRun, isEmpty }: BodyFacts,
  inQuery: readonly string[] | undefined,
): boolean {
  if (isRead(method)) return false;
  if (method === 'DELETE') return isAll(isEmpty ? inQuery : dryRun);
  return isAll(inQuery) || (subresource === 'eviction' && isAll(evictionDryRun));
}

/** The one value that the API server knows is `All`. */
function isAll(values: unknown): boolean {
  return Array.isArray(values) && values.length > 0 && values.every((value) => value === 'All');
}
