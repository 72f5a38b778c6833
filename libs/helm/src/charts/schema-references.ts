import { isRecord } from '#base';

type Schema = Record<string, unknown>;

/** The address by which helm knows the schema itself. */
const SELF = 'file:///values.schema.json';

/**
 * Schemas that are built into the validator of helm. Source:
 * github.com/santhosh-tekuri/jsonschema/v6, metaschemas.
 */
const BUILT_IN =
  /^https?:\/\/json-schema\.org\/(schema|draft-0[467]\/schema|draft\/(2019-09|2020-12)\/(schema|meta\/[a-z-]+))$/;

/** Keywords that name another schema. Helm loads it unless it is inside this one. */
const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'];
const IDS = ['$id', 'id'];

/** Base addresses that a reference may be resolved against; more than these count as an attack. */
const MAX_BASES = 32;

/** A plain relative path, which every reader resolves alike. */
const PLAIN_PATH = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const PLAIN_URL = /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?\/[A-Za-z0-9._/-]*$/;

/**
 * The references of a JSON schema that helm would follow out of it: to files of this machine
 * (including relative ones, which helm resolves from `/`) and to other hosts. Everything that looks
 * like a reference counts, wherever it stands: a pointer may lead to it.
 */
export function outerReferences(schema: unknown): string[] {
  const inner = innerIds(schema);
  const outer = new Set<string>();
  const todo: { node: unknown; bases: readonly string[] }[] = [{ node: schema, bases: [SELF] }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { node } = next;
    if (Array.isArray(node)) {
      for (const item of node) todo.push({ node: item, bases: next.bases });
    } else if (isRecord(node)) {
      const bases = basesOf(node, next.bases);
      for (const word of REFERENCES) {
        const text = node[word];
        if (typeof text === 'string' && !isInner(text, bases, inner)) outer.add(text);
      }
      const { $schema } = node;
      if (typeof $schema === 'string' && !isBuiltIn($schema)) outer.add($schema);
      for (const value of Object.values(node)) todo.push({ node: value, bases });
    }
  }
  return [...outer];
}

function isInner(reference: string, bases: readonly string[], inner: ReadonlySet<string>): boolean {
  const [target = ''] = reference.split('#');
  if (target === '') return true;
  if (isBuiltIn(target) || inner.has(target) || target.startsWith('urn:')) return true;
  if (!PLAIN_PATH.test(target) || bases.length > MAX_BASES) return false;
  return bases.every((base) => inner.has(URL.parse(target, base)?.href ?? ''));
}

function isBuiltIn(reference: string): boolean {
  return BUILT_IN.test(reference.replace(/#.*$/, ''));
}

/** What references may be relative to. Each id on the path may count or not, so both are tried. */
function basesOf(node: Schema, bases: readonly string[]): readonly string[] {
  const ids = IDS.map((key) => node[key]).filter((id) => typeof id === 'string');
  if (ids.length === 0 || bases.length > MAX_BASES) return bases;
  const own = ids.flatMap((id) => bases.map((base) => URL.parse(id, base)?.href ?? base));
  return [...new Set([...bases, ...own])];
}

/** The ids of the schema and of those that are bundled in its definitions. */
function innerIds(schema: unknown): ReadonlySet<string> {
  const inner = new Set<string>();
  if (!isRecord(schema)) return inner;
  const draft = draftOf(schema, 2020);
  const own = idOf(schema, draft, SELF);
  if (own !== undefined) inner.add(own);
  for (const word of draft >= 2019 ? ['$defs', 'definitions'] : ['definitions']) {
    const definitions = schema[word];
    if (!isRecord(definitions)) continue;
    for (const definition of Object.values(definitions)) {
      if (!isRecord(definition)) continue;
      const id = idOf(definition, draftOf(definition, draft), own ?? SELF);
      if (id !== undefined) inner.add(id);
    }
  }
  return inner;
}

function idOf(schema: Schema, draft: number, base: string): string | undefined {
  const id = schema[draft === 4 ? 'id' : '$id'];
  // Older drafts ignore everything beside a reference.
  if (typeof id !== 'string' || (draft < 2019 && '$ref' in schema)) return undefined;
  if (PLAIN_URL.test(id)) return id;
  return PLAIN_PATH.test(id) ? URL.parse(id, base)?.href : undefined;
}

function draftOf({ $schema }: Schema, otherwise: number): number {
  if (typeof $schema !== 'string') return otherwise;
  const [, old, year] = /\/draft(?:-0(\d)|\/(\d{4})-\d\d)\//.exec($schema) ?? [];
  return Number(old ?? year ?? otherwise);
}
