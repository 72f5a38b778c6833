import { documentText } from '../go-yaml/document-text.js';
import { readText, type ReadTextOptions, type TextProblem } from '../go-yaml/read-text.js';

/**
 * Documents as texts. A large text is copied to the main thread at once, whereas copying a tree of
 * values takes long.
 */
export interface DocumentTexts {
  /** A line of JSON for each piece of a document. */
  text: string;
  lines: Uint32Array;
  /**
   * Of each document: the items of its list, which come as lines of their own behind it; 0 for any
   * other.
   */
  items: Uint32Array;
}

export default function read({
  text,
  options,
}: {
  text: string;
  options: ReadTextOptions;
}): DocumentTexts | TextProblem {
  const documents = readText(text, options);
  if (!Array.isArray(documents)) return documents;
  const texts = documents.map(({ value }) => documentText(value));
  return {
    text: texts.flatMap(({ head, items }) => [head, ...items]).join('\n'),
    lines: Uint32Array.from(documents, ({ line }) => line),
    items: Uint32Array.from(texts, ({ items }) => items.length),
  };
}
