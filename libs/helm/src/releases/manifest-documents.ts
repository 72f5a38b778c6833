import {
  isAlias,
  isMap,
  isScalar,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
  type Tags,
} from 'yaml';
import { readText } from '#cluster';

/**
 * Where helm splits a manifest, whatever follows the dashes. A YAML parser knows more line ends
 * than helm.
 */
const SEPARATOR = /^(?=---)/m;

/** What stands before a document: the dashes, and a byte order mark. */
const LEAD = /^(?:---[ \t]*)?(?:\uFEFF)?/;

/** Line ends that go-yaml knows in addition to the usual ones. */
const ODD_LINE_END = /\r(?!\n)|[\u0085\u2028\u2029]/g;

/** Types of YAML 1.1 that helm does not know: it reads dates and base-60 numbers as text. */
const UNKNOWN_TO_HELM = /:(?:omap|pairs|set|timestamp)$/;

const OPTIONS = {
  version: '1.1' as const,
  logLevel: 'silent' as const,
  // The last of two equal keys counts, as in helm.
  uniqueKeys: false,
  customTags: (tags: Tags): Tags =>
    tags.filter(
      (tag) =>
        typeof tag === 'string' ||
        !(UNKNOWN_TO_HELM.test(tag.tag) || ('format' in tag && tag.format === 'TIME')),
    ),
};

/** One document of a manifest, as it is written. */
export interface ManifestPiece {
  /** The separator before it. */
  lead: string;
  body: string;
}

/** A document as data, with its nodes if they can be edited in place. */
export interface ReadPiece {
  values: unknown[];
  /** The nodes, if they cover the whole text and each value stands in exactly one place. */
  root: Node | undefined;
}

/** Splits a manifest where helm does. The pieces together are the text. */
export function piecesOf(manifest: string): ManifestPiece[] {
  return manifest.split(SEPARATOR).map((piece) => {
    const [lead = ''] = LEAD.exec(piece) ?? [];
    return { lead, body: piece.slice(lead.length) };
  });
}

/**
 * Reads a document of a manifest, and any others that a YAML parser sees in it.
 * @throws Error for what is not valid YAML, is nested too deeply, or has too many aliases
 */
export function readPiece(body: string): ReadPiece {
  const text = body.replace(ODD_LINE_END, '\n');
  const documents = documentsIn(text);
  const [only] = documents;
  const isPlain = documents.length === 1 && text === body && !isIndirect(only!);
  documents.forEach(preferSecret);
  return {
    values: documents.map((document): unknown => document.toJS()),
    root: isPlain ? (only?.contents ?? undefined) : undefined,
  };
}

/** Reads a document as helm does, without its nodes; undefined for what helm cannot read. */
export function readAsHelm(body: string): ReadPiece | undefined {
  const documents = readText(body, { lastKeyCounts: true });
  if (!Array.isArray(documents)) return undefined;
  return { values: documents.map(({ value }) => value), root: undefined };
}

function documentsIn(text: string): Document.Parsed[] {
  const documents = parseAllDocuments(text, OPTIONS);
  if ('empty' in documents) return [];
  const problem = documents.flatMap(({ errors }) => errors)[0];
  if (problem) throw problem;
  return documents;
}

/**
 * Whether a value may stand elsewhere than where it is used: through an alias, or a key that occurs
 * twice.
 */
function isIndirect(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) found = true;
      if (!isMap(node)) return;
      const keys = node.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
      if (new Set(keys).size < keys.length) found = true;
    },
  });
  return found;
}

/** Of several `kind` keys, one that says Secret counts: readers differ in which one they take. */
function preferSecret(document: Document.Parsed): void {
  visit(document, {
    Map(_, map) {
      const kinds = map.items.filter(
        ({ key }) => isScalar(key) && /^kind$/i.test(String(key.value)),
      );
      if (kinds.length < 2) return;
      const secret = kinds.find(
        ({ value }) => isScalar(value) && /^secret/i.test(String(value.value)),
      );
      if (secret) map.items = map.items.filter((pair) => pair === secret || !kinds.includes(pair));
    },
  });
}
