import { ALONE, FLOORS, SERVER } from '../../../../test/support/floors.js';

/**
 * The floors of the project as text, the highest first, from the table that test/layers.spec.ts
 * checks.
 * @param libs the names of all libs: those that the table does not list are domains
 */
export function floorsDrawing(libs: readonly string[]): string {
  const listed = new Set(FLOORS.flat());
  const domains = libs
    .filter((lib) => !listed.has(lib) && !ALONE.includes(`libs/${lib}`))
    .toSorted();
  const floors = [[SERVER], ...[domains, ...FLOORS.toReversed()].map(pathsOf)];
  const texts = floors.map((parts) => ` ${parts.join('   ')} `);
  const width = Math.max(...texts.map(({ length }) => length));
  const line = '─'.repeat(width);
  const rows = texts.map((text) => `│${text.padEnd(width)}│`);
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
