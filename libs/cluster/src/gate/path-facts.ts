import { uncertain } from './uncertain.js';

/** What the path of a request says. */
export interface PathFacts {
  group: string;
  version: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  /** Whether it is one of the old paths that only watch, `/api/v1/watch/…`. */
  isWatch: boolean;
  /** The whole path, decoded. */
  path: string;
}

type Place = Pick<PathFacts, 'resource' | 'subresource' | 'namespace' | 'name'>;

const ROOTS = ['api', 'apis'];

/** What follows a namespace and belongs to the namespace itself. */
const NAMESPACE_SUBRESOURCES = ['status', 'finalize'];

/** Groups, versions and resources. No API server serves any in upper case. */
const WORD = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;

/** Subresources. Those of the API for metrics are names of metrics. */
const SUBRESOURCE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** What HTTP allows in a path without encoding it. */
const VISIBLE = /^\/[!-~]*$/;

/** Characters that servers and proxies read in different ways. */
const ODD = /[^\P{Cc}]|[\s\\/%?#;]/u;

/** Whom a proxied request is for: `name`, `name:port` or `scheme:name:port`. */
const PROXIED = /^(?:[^:]*:)?([^:]+):[^:]*$/;

const NO_RESOURCE = {
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  isWatch: false,
};

/**
 * Reads the path of a request as the API server does.
 * @throws ToolError `invalid_input` where others may read it in another way
 */
export function pathFacts(text: string): PathFacts {
  const parts = segmentsOf(text);
  const path = `/${parts.join('/')}`;
  const [root = '', ...rest] = parts;
  if (!ROOTS.includes(root)) {
    if (!ROOTS.includes(root.toLowerCase())) return { ...NO_RESOURCE, path };
    throw uncertain(`its path begins with "/${root}" and not with "/${root.toLowerCase()}"`);
  }
  const group = root === 'apis' ? word(rest.shift()) : '';
  const version = word(rest.shift());
  const isWatch = rest[0] === 'watch';
  if (isWatch) rest.shift();
  if (rest[0] === 'proxy' || (isWatch && rest.length === 0)) {
    throw uncertain('its path is one of an old form that is not served any more');
  }
  if (rest.length === 0) return { ...NO_RESOURCE, path };
  return { group, version, isWatch, path, ...placeOf(rest) };
}

function placeOf(parts: readonly string[]): Place {
  const [first, second, third = ''] = parts;
  const isInside =
    first === 'namespaces' && third !== '' && !NAMESPACE_SUBRESOURCES.includes(third);
  const namespace = isInside ? word(second) : '';
  const [resource, name = '', subresource = ''] = isInside ? parts.slice(2) : parts;
  const isProxied = subresource === 'proxy';
  return {
    resource: word(resource),
    namespace,
    name: isProxied ? (PROXIED.exec(name)?.[1] ?? name) : name,
    subresource: subresource === '' ? '' : word(subresource, SUBRESOURCE),
  };
}

function word(text = '', pattern = WORD): string {
  if (text === '' || pattern.test(text)) return text;
  throw uncertain(`"${text}" in its path is no name of a group, version, resource or namespace`);
}

/** The parts of a path, decoded. Only what follows `proxy` may have empty ones. */
function segmentsOf(text: string): string[] {
  if (!VISIBLE.test(text)) throw uncertain('its path has characters that must be encoded');
  if (text === '/') return [];
  const parts = text.slice(1).split('/').map(decoded);
  const proxy = parts.indexOf('proxy', 4);
  const end = proxy < 0 ? parts.length : proxy;
  if (parts.slice(0, end).includes('')) {
    throw uncertain('its path has an empty part: two slashes in a row, or one at the end');
  }
  return parts;
}

function decoded(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw uncertain(`"${part}" in its path is not well encoded`);
  }
  if (ODD.test(text) || text === '.' || text === '..') {
    throw uncertain(`its path has the part "${part}"`);
  }
  return text;
}
