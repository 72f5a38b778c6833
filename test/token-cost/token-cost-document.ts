import { thousands } from '../support/thousands.js';
import { markdownTable } from '../../apps/server/src/docs/markdown-table.js';
import type { ListCost } from './measure-list.js';
import type { MeasuredAnswer } from './measure-answers.js';

const HEAD = `# What a model is billed

A model reads the list of tools at every turn, and every answer again at every turn that follows it.
\`npm run docs:token-cost\` writes this page from a new sandbox. The specs fail above the limits. A
token is about four bytes.

`;

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
    markdownTable(
      ['address', 'tools', 'bytes', 'bytes a tool'],
      lists.map(({ path, tools, bytes }) => [
        `\`${path}\``,
        String(tools),
        thousands(bytes),
        thousands(Math.round(bytes / tools)),
      ]),
    ),
    '\n\n## Twenty everyday answers\n\n',
    `The sandbox is as \`npm run quickstart\` makes it. All answers together have ${thousands(total)} bytes.\n\n`,
    markdownTable(['question', 'tool', 'bytes', 'limit'], answers.map(rowOf)),
  ].join('');
}

function rowOf({ what, tool, bytes, maxBytes }: MeasuredAnswer): string[] {
  return [what, `\`${tool}\``, thousands(bytes), thousands(maxBytes)];
}
