import { isMap, isScalar, isSeq, parseDocument, stringify, visit, type Node } from 'yaml';
import { LAST_APPLIED, redactSecrets, toYaml, type KubernetesObject } from '#cluster';

/** Where the documents of a manifest begin. */
const SEPARATOR = /^(?=---(?:[ \t].*)?$)/m;

/** A document may be large and speak of Secrets without being one, as the definition of a custom resource. */
const MAY_BE_SECRET = /\bkind["']?\s*:\s*(?:[&!]\S*\s+)*["']?Secret/;

/** A piece of a text, and what stands there instead. */
interface Replacement {
  from: number;
  to: number;
  text: string;
}

/**
 * A manifest with the values of its Secrets shown as their size; everything else, comments too, stays as it is.
 * A document with a Secret that cannot be told apart from the rest (broken, or with aliases) is shown anew or not at all.
 */
export function redactManifest(manifest: string): string {
  if (!MAY_BE_SECRET.test(manifest)) return manifest;
  return manifest
    .split(SEPARATOR)
    .map((document) => (MAY_BE_SECRET.test(document) ? redactDocument(document) : document))
    .join('');
}

function redactDocument(text: string): string {
  try {
    return redactedDocument(text);
  } catch {
    return '---\n# Not shown: it may hold a Secret, and cannot be read.\n';
  }
}

/** @throws Error for what is not valid YAML, is nested too deeply, or has too many aliases */
function redactedDocument(text: string): string {
  const document = parseDocument(text, { version: '1.1', logLevel: 'silent', uniqueKeys: false });
  const [problem] = document.errors;
  if (problem) throw problem;
  let hasAlias = false;
  visit(document, { Alias: () => void (hasAlias = true) });
  if (hasAlias) {
    return `---\n${toYaml(redactSecrets(document.toJS() as KubernetesObject))}`;
  }
  const replacements = secretsOf(document.contents).flatMap(replacementsIn);
  return replacements.toSorted((a, b) => b.from - a.from).reduce(replaceIn, text);
}

/** Keeps the indentation of the first line for those that follow, and whether there is a line end. */
function replaceIn(text: string, { from, to, text: instead }: Replacement): string {
  const indent = ' '.repeat(from - (text.lastIndexOf('\n', from - 1) + 1));
  const lines = instead.trimEnd().replaceAll('\n', `\n${indent}`);
  const lineEnd = text.slice(from, to).endsWith('\n') ? '\n' : '';
  return text.slice(0, from) + lines + lineEnd + text.slice(to);
}

/** The Secrets of a document: itself, or the items of a list. */
function secretsOf(node: unknown): Node[] {
  if (!isMap(node)) return [];
  const items = node.get('items', true);
  const nested = isSeq(items) ? items.items.flatMap(secretsOf) : [];
  const kind = node.get('kind');
  if (kind === 'Secret') return [node, ...nested];
  // The items of a SecretList need not say what they are.
  return kind === 'SecretList' && isSeq(items) ? (items.items as Node[]) : nested;
}

function replacementsIn(secret: Node): Replacement[] {
  if (!isMap(secret)) return [];
  const object: KubernetesObject = { ...(secret.toJSON() as KubernetesObject), kind: 'Secret' };
  const { data, stringData, metadata } = redactSecrets(structuredClone(object));
  const annotation = secret.getIn(['metadata', 'annotations', LAST_APPLIED], true);
  return [
    replacementOf(secret.get('data', true), data),
    replacementOf(secret.get('stringData', true), stringData),
    replacementOf(annotation, metadata?.annotations?.[LAST_APPLIED]),
  ].filter((one) => one !== undefined);
}

/** A map is written anew with its keys in their order. */
function replacementOf(node: unknown, redacted: unknown): Replacement | undefined {
  if (isScalar(node) && node.range && typeof redacted === 'string') {
    const [from, to] = node.range;
    const isSize = redacted.startsWith('<redacted, ');
    return { from, to, text: isSize ? redacted : '<redacted>' };
  }
  if (!isMap(node) || !node.range || node.items.length === 0) return undefined;
  const [from, to] = node.range;
  if (node.flow) return { from, to, text: JSON.stringify(redacted) };
  return { from, to, text: stringify(redacted, { lineWidth: 0 }) };
}
