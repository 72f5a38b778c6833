import { isMap, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import { markdownTable } from './markdown-table.js';

/** How the comment of a value begins. */
const MARK = /^ -- /;

/** Longer defaults would make the column too wide. */
const MAX_CHARS = 40;

/**
 * The values of a chart as a table, from the comments in its values.yaml.
 * @throws Error naming a value that has no comment
 */
export function valuesTable(valuesYaml: string): string {
  const { contents } = parseDocument(valuesYaml);
  if (!isMap(contents)) throw new Error('values.yaml is no map.');
  return markdownTable(['value', 'default', 'meaning'], rowsOf(contents, ''));
}

function rowsOf(map: YAMLMap, above: string): string[][] {
  return (map.items as Pair<Node, Node | null>[]).flatMap(({ key, value }, index) => {
    const path = above + String(isScalar(key) ? key.value : key);
    // The comment of the first key of a map belongs to the map.
    const comment = (index === 0 && map.commentBefore) || key.commentBefore;
    const meaning = meaningIn(comment);
    if (meaning !== undefined) return [[`\`${path}\``, defaultOf(value), meaning]];
    if (isMap(value)) return rowsOf(value, `${path}.`);
    throw new Error(`values.yaml has no comment for ${path}. Write one that begins with "# --".`);
  });
}

/** What follows the mark, to the end of the comment. */
function meaningIn(comment: string | null | undefined): string | undefined {
  const lines = comment?.split('\n') ?? [];
  const at = lines.findIndex((line) => MARK.test(line));
  if (at < 0) return undefined;
  const [first = '', ...others] = lines.slice(at);
  return [first.replace(MARK, ''), ...others.map((line) => line.trim())].join(' ');
}

function defaultOf(value: Node | null): string {
  const text = JSON.stringify(value);
  return text.length > MAX_CHARS ? 'see values.yaml' : `\`${text}\``;
}
