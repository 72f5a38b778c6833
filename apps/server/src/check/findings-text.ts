import { stripVTControlCharacters, styleText } from 'node:util';
import type { Finding, FindingState } from './finding.js';

const MARKS = {
  ok: ['green', '✓'],
  note: ['yellow', '–'],
  failed: ['red', '✗'],
} as const satisfies Record<FindingState, unknown>;

/** How far what is said stands from the left. */
const INDENT = 4;

/**
 * What was found, as people read it. Colours are for terminals only.
 * @param stream where it is written
 */
export function findingsText(findings: readonly Finding[], stream: NodeJS.WriteStream): string {
  const areas = [...new Set(findings.map(({ area }) => area))];
  const width = Math.max(...findings.map(({ name }) => name.length));
  const blocks = areas.map((area) => {
    const lines = findings.filter((finding) => finding.area === area);
    return [plain(area), ...lines.flatMap((finding) => linesOf(finding, width, stream))].join('\n');
  });
  return `${[...blocks, summaryOf(findings)].join('\n\n')}\n`;
}

function linesOf({ name, state, says, todo }: Finding, width: number, stream: NodeJS.WriteStream) {
  const [colour, mark] = MARKS[state];
  const shown = styleText(colour, mark, { stream });
  const line = `  ${shown} ${plain(name).padEnd(width)}  ${plain(says)}`;
  if (todo === undefined) return [line];
  return [line, `${' '.repeat(INDENT + width + 2)}→ ${plain(todo)}`];
}

function summaryOf(findings: readonly Finding[]): string {
  const count = (state: FindingState) => findings.filter((one) => one.state === state).length;
  const crosses = count('failed');
  const notes = count('note');
  const also = notes === 0 ? '' : `, ${notes} worth knowing`;
  return crosses === 0
    ? `All is well: ${findings.length} checks${also}.`
    : `${crosses} of ${findings.length} checks failed${also}.`;
}

/** Clusters and files may name things with characters that a terminal obeys. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}
