import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, stringify, visit, type Node, type YAMLMap } from 'yaml';
import { isRecord } from '#base';
import { LAST_APPLIED, toYaml } from '#cluster';
import {
  piecesOf,
  readAsHelm,
  readPiece,
  type ManifestPiece,
  type ReadPiece,
} from './manifest-documents.js';
import {
  formsOf,
  holdsValues,
  redactDocument,
  withoutTexts,
  type ManifestSecret,
} from './manifest-secrets.js';

/** Characters above which a document is only read if it may hold a Secret. */
const LARGE = 20_000;

/** The word, or what may hide it: an escape, or a tag for binary data. */
const MAY_SAY_SECRET = /secret|[\\!]/i;

/**
 * What lines of a block map in its plainest form begin with: keys, comments, and ends of texts and
 * lists.
 */
const PLAIN_LINE = /^(?:[a-z]+:|[ \t\r#-]|['"}\]]+[, \t\r]*$|$)/i;
const OTHER_KIND = /^kind: *(["']?)(?!secret)[a-z]+(?<!list)\1[ \t]*\r?$/i;
const ODD_LINE_END = /\r(?!\n)|[\u0085\u2028\u2029]/;
const SOURCE = /^# Source: .*$/m;

const NOT_SHOWN = '# Not shown: a Secret in it, if there is one, cannot be told from the rest.';

/** A range of a text, and what replaces it. */
interface Replacement {
  from: number;
  to: number;
  text: string;
}

/** A manifest that can be shown, and what was found in it. */
export interface RedactedManifest {
  text: string;
  secrets: ManifestSecret[];
  /** The metadata of the objects that are not Secrets. Their names are not secret. */
  others: { metadata: unknown }[];
}

/**
 * A manifest with the values of its Secrets shown as their size. Everything else stays as it is,
 * including comments. A Secret's document keeps its layout if reading it again gives the redacted
 * data; otherwise it is printed from that data. A document that cannot be read, or that still
 * contains a value, is not shown.
 */
export function redactText(manifest: string): RedactedManifest {
  const found: RedactedManifest = { text: '', secrets: [], others: [] };
  const texts = piecesOf(manifest).map((piece) => pieceText(piece, found));
  return { ...found, text: texts.join('') };
}

function pieceText({ lead, body }: ManifestPiece, found: RedactedManifest): string {
  if (body.length > LARGE && isOtherKind(body)) return lead + body;
  try {
    const { values, root, redactions, secrets } = redactedPiece(body);
    found.others.push(...values.flatMap(named));
    if (secrets.length === 0) return lead + body;
    found.secrets.push(...secrets);
    const forms = secrets.flatMap(formsOf);
    const isFree = (text: string) => !forms.some((form) => text.includes(form));
    const kept = root && inPlace(body, root);
    if (kept !== undefined && isFree(kept) && hasData(kept, redactions[0]?.value)) {
      return lead + kept;
    }
    const source = SOURCE.exec(body)?.[0];
    const documents = redactions.map(({ value }) => toYaml(withoutTexts(value, forms)));
    const printed = `${source === undefined ? '' : `${source}\n`}${documents.join('---\n')}`;
    return `---\n${isFree(printed) ? printed : `${NOT_SHOWN}\n`}`;
  } catch {
    return isOtherKind(body) ? lead + body : `---\n${NOT_SHOWN}\n`;
  }
}

/**
 * A document with its Secrets redacted, read as helm reads it if only helm sees a Secret.
 * @throws Error for what neither reader can read
 */
function redactedPiece(body: string) {
  const redacted = ({ values, root }: ReadPiece) => {
    const redactions = values.map(redactDocument);
    return { values, root, redactions, secrets: redactions.flatMap((one) => one.secrets) };
  };
  const asHelm = readAsHelm(body);
  try {
    const piece = redacted(readPiece(body));
    if (piece.secrets.length > 0 || !asHelm) return piece;
  } catch (error) {
    if (!asHelm) throw error;
    return redacted(asHelm);
  }
  return redacted(asHelm);
}

/**
 * Whether the lines at the margin are enough to see that a document is neither a Secret nor a list,
 * however helm reads it.
 */
function isOtherKind(body: string): boolean {
  if (!MAY_SAY_SECRET.test(body)) return true;
  if (ODD_LINE_END.test(body)) return false;
  const lines = body.split('\n');
  const first = lines.find((line) => !/^\s*(?:#.*)?$/.test(line)) ?? '';
  const kinds = lines.filter((line) => /^kind\b/i.test(line));
  const isOther = kinds.length === 1 && OTHER_KIND.test(kinds[0]!);
  return isOther && /^[a-z]+:/i.test(first) && lines.every((line) => PLAIN_LINE.test(line));
}

function hasData(text: string, wanted: unknown): boolean {
  const { values } = readPiece(text);
  return values.length === 1 && isDeepStrictEqual(values[0], wanted);
}

/** The name and the labels of an object, and of the items of a list. */
function named(value: unknown): { metadata: unknown }[] {
  if (!isRecord(value)) return [];
  const items = Array.isArray(value['items']) ? value['items'].flatMap(named) : [];
  return isRecord(value['metadata']) ? [{ metadata: value['metadata'] }, ...items] : items;
}

/** The text with the values of its Secrets replaced in place; undefined if that is not possible. */
function inPlace(text: string, root: Node): string | undefined {
  const replacements: Replacement[] = [];
  let isOdd = false;
  const replace = (node: unknown, value: unknown) => {
    const replacement = replacementOf(node, value);
    if (replacement) replacements.push(replacement);
    else if (value !== null) isOdd = true;
  };
  visit(root, {
    Map(_, map) {
      if (!isSecretMap(map)) return undefined;
      const { value } = redactDocument(map.toJSON());
      if (!isRecord(value)) return undefined;
      for (const { key, value: node } of map.items) {
        const field = isScalar(key) ? String(key.value) : '';
        if (holdsValues(field)) replace(node, value[field]);
      }
      const applied = map.getIn(['metadata', 'annotations', LAST_APPLIED], true);
      const metadata = value['metadata'] as { annotations?: Record<string, string> } | undefined;
      if (applied !== undefined) replace(applied, metadata?.annotations?.[LAST_APPLIED]);
      return visit.SKIP;
    },
  });
  if (isOdd) return undefined;
  return replacements.toSorted((a, b) => b.from - a.from).reduce(replaceIn, text);
}

function isSecretMap({ items }: YAMLMap): boolean {
  return items.some(
    ({ key, value }) =>
      isScalar(key) &&
      String(key.value).toLowerCase() === 'kind' &&
      isScalar(value) &&
      String(value.value).toLowerCase() === 'secret',
  );
}

/** A map is printed again with its keys in the same order. */
function replacementOf(node: unknown, redacted: unknown): Replacement | undefined {
  if (isScalar(node) && node.range && typeof redacted === 'string') {
    const [from, to] = node.range;
    return { from, to, text: redacted };
  }
  if (!isMap(node) || !node.range) return undefined;
  const [from, to] = node.range;
  if (node.flow) return { from, to, text: JSON.stringify(redacted) };
  return { from, to, text: stringify(redacted, { lineWidth: 0 }) };
}

/** Indents the following lines like the first one, and keeps a line end. */
function replaceIn(text: string, { from, to, text: instead }: Replacement): string {
  const indent = ' '.repeat(from - (text.lastIndexOf('\n', from - 1) + 1));
  const lines = instead.trimEnd().replaceAll('\n', `\n${indent}`);
  const lineEnd = text.slice(from, to).endsWith('\n') ? '\n' : '';
  return text.slice(0, from) + lines + lineEnd + text.slice(to);
}
