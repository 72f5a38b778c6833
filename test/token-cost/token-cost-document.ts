import type { ListCost } from './measure-list.js';
import type { MeasuredAnswer } from './measure-answers.js';

const HEAD = `# What a model is billed

A model reads the list of tools at every turn, and every answer again at every turn that follows it.
\`npm run docs:token-cost\` writes this page from a new sandbox. The specs fail above the limits. A
token is about four bytes.

`;

/** A number as it stands in the tables: 12,345. */
export function thousands(value: number): string {
  return value.toLocaleString('en-US');
}

/** The page `docs/token-cost.md`, in Markdown that is not formatted yet. */
export function tokenCostDocument(
  lists: readonly ListCost[],
  answers: readonly MeasuredAnswer[],
): string {
  const total = answers.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    HEAD,
    '## The list\n\n',
    'The name, the description and the input schema of each tool, as they are listed over MCP.\n\n',
    table(
      ['address', 'tools', 'bytes', 'bytes a tool'],
      lists.map(({ path, tools, bytes }) => [
        `\`${path}\``,
        String(tools),
        thousands(bytes),
        thousands(Math.round(bytes / tools)),
      ]),
    ),
    '\n## Twenty everyday answers\n\n',
    `The sandbox is as \`npm run quickstart\` makes it. All answers together have ${thousands(total)} bytes.\n\n`,
    table(['question', 'tool', 'bytes', 'limit'], answers.map(rowOf)),
  ].join('');
}

function rowOf({ what, tool, bytes, maxBytes }: MeasuredAnswer): string[] {
  return [what, `\`${tool}\``, thousands(bytes), thousands(maxBytes)];
}

function table(header: string[], rows: string[][]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
