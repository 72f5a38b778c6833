/** Words that YAML 1.1 reads as booleans, null or numbers. */
const WORDS = new Set([
  ...['y', 'yes', 'n', 'no', 'true', 'false', 'on', 'off', 'null'].flatMap((word) => [
    word,
    word.toUpperCase(),
    word.charAt(0).toUpperCase() + word.slice(1),
  ]),
  ...['nan', 'NaN', 'NAN'].map((word) => `.${word}`),
  ...['inf', 'Inf', 'INF'].flatMap((word) => [`.${word}`, `+.${word}`, `-.${word}`]),
  '',
  '~',
]);
const INTEGER = /^[-+]?(?:0b[01]+|0o?[0-7]+|0x[0-9a-f]{1,16}|[1-9]\d*|0)$/i;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i;
const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const DATE = String.raw`\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])`;
const CLOCK = String.raw`\d\d?:\d\d?:\d\d?(?:\.\d+)?`;
const TIMESTAMP = new RegExp(`^${DATE}(?:[Tt]${CLOCK}(?:Z|[-+]\\d\\d:\\d\\d)| +${CLOCK})?$`);

/**
 * Characters that only a double-quoted text can hold: controls, line separators, lone or paired
 * surrogates, byte order marks. Unlike kubectl also what is shown as escapes in all answers, since
 * they mean the character here only: marks without a width and marks of direction.
 */
const SPECIAL =
  /[^\n\x20-\x7e\xa0-\u061b\u061d-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const SPECIAL_OR_QUOTE =
  /[^\x20\x21\x23-\x5b\x5d-\x7e\xa0-\u061b\u061d-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd]/gu;
const ESCAPES: Record<string, string> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};
const BEST_WIDTH = 80;

/**
 * A text as a YAML 1.1 scalar in the style that kubectl chooses (plain, quoted or literal), with
 * long lines folded where kubectl folds them.
 * @param column characters that are already on the line
 * @param indent of the lines that follow
 */
export function yamlScalar(text: string, column: number, indent: number): string {
  if (SPECIAL.test(text)) return doubleQuoted(text, column, indent);
  if (text.includes('\n')) {
    const literal = !text.endsWith(' ') && !text.includes(' \n');
    return literal ? literalBlock(text, indent) : doubleQuoted(text, column, indent);
  }
  if (hasOtherMeaning(text)) return doubleQuoted(text, column, indent);
  if (isPlain(text)) return folded(text, column, indent);
  return `'${folded(text.replaceAll("'", "''"), column + 1, indent)}'`;
}

/** A text as the key of a mapping: on one line. */
export function yamlKey(text: string): string {
  return text.includes('\n') ? doubleQuoted(text, 0, -1) : yamlScalar(text, -Infinity, 0);
}

function hasOtherMeaning(text: string): boolean {
  if (WORDS.has(text)) return true;
  if (!/^[-+.\d]/.test(text)) return false;
  const digits = text.replaceAll('_', '');
  if (INTEGER.test(digits) || BASE_60.test(text)) return true;
  if (FLOAT.test(text.startsWith('.') ? text : digits)) return Number.isFinite(Number(digits));
  return TIMESTAMP.test(text);
}

function isPlain(text: string): boolean {
  return !(
    /^[ #,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[-?:](?: |$)/.test(text) ||
    /^(?:---|\.\.\.)/.test(text) ||
    /: | #|:$| $/.test(text)
  );
}

function literalBlock(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = text.endsWith('\n\n') || text === '\n' ? '+' : text.endsWith('\n') ? '' : '-';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const margin = ' '.repeat(indent);
  // Lines that are empty stay so.
  const lines = `\n${body}`.replace(/\n(?=[^\n])/g, `\n${margin}`);
  return `|${hint}${chomp}${lines}`;
}

function doubleQuoted(text: string, column: number, indent: number): string {
  const escaped = text.replace(SPECIAL_OR_QUOTE, escape);
  return `"${folded(escaped, column + 1, indent, true)}"`;
}

function escape(character: string): string {
  const known = ESCAPES[character];
  if (known) return known;
  const code = character.codePointAt(0)!;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/**
 * Breaks at single spaces once a line is past the best width. In double quotes a break may also
 * stand before another space, which is then escaped.
 */
function folded(text: string, column: number, indent: number, escapeSpaces = false): string {
  if (indent < 0 || column + text.length <= BEST_WIDTH || !text.includes(' ')) return text;
  const margin = `\n${' '.repeat(indent)}`;
  let result = '';
  let from = 0;
  // What has to be added to a place in the text to get its column.
  let shift = column;
  let space = 0;
  for (;;) {
    space = text.indexOf(' ', Math.max(space + 1, BEST_WIDTH + 1 - shift));
    if (space < 0 || space === text.length - 1) return result + text.slice(from);
    const beforeSpace = text.charAt(space + 1) === ' ';
    if (text.charAt(space - 1) === ' ' || (beforeSpace && !escapeSpaces)) continue;
    result += text.slice(from, space) + margin + (beforeSpace ? '\\' : '');
    from = space + 1;
    shift = indent - from + (beforeSpace ? 1 : 0);
  }
}
