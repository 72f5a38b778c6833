const MAX_COLUMNS = 100;
const ONE_LINE = /^( *)\/\*\* (.*) \*\/$/;
const INNER_LINE = /^( *\* )(.*)$/;

/** Breaks the lines of doc comments that are too long, at spaces. */
export function narrowComments(code: string): string {
  return code.split('\n').flatMap(narrow).join('\n');
}

function narrow(line: string): string[] {
  if (line.length <= MAX_COLUMNS) return [line];
  const [, indent = '', whole] = ONE_LINE.exec(line) ?? [];
  if (whole !== undefined)
    return [`${indent}/**`, ...filled(`${indent} * `, whole), `${indent} */`];
  const [, start, text] = INNER_LINE.exec(line) ?? [];
  return start === undefined || text === undefined ? [line] : filled(start, text);
}

/** The lines of a text, each with a start. A word that is too long has a line of its own. */
function filled(start: string, text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? start + word : `${last} ${word}`;
    if (last === undefined || longer.length > MAX_COLUMNS) lines.push(start + word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
