import { ALONE, FLOORS, SERVER } from '../../../../test/support/floors.js';

/** Characters between the borders of the drawing. */
const WIDTH = 60;

/**
 * The floors of the project as text, the highest first, from the table that test/layers.spec.ts
 * checks.
 * @param libs the names of all libs: those that the table does not list are domains
 */
export function floorsDrawing(libs: readonly string[]): string {
  const listed = new Set(FLOORS.flat());
  const domains = libs.filter((lib) => !listed.has(lib)).toSorted();
  const floors = [[SERVER], ...[domains, ...FLOORS.toReversed()].map(pathsOf)];
  const line = '─'.repeat(WIDTH);
  const rows = floors.map((parts) => `│${` ${parts.join('   ')}`.padEnd(WIDTH)}│`);
  return [
    '```text',
    `┌${line}┐`,
    rows.join(`\n├${line}┤\n`),
    `└${line}┘`,
    `  ${ALONE.join('   ')}`,
    '```',
  ].join('\n');
}

function pathsOf(libs: readonly string[]): string[] {
  return libs.map((lib) => `libs/${lib}`);
}
