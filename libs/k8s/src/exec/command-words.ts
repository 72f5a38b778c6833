import { ToolError } from '#tools';

const BLANK = /\s/;
/**
 * Characters that a backslash escapes between double quotes (POSIX.1-2017, Shell Command Language,
 * 2.2.3).
 */
const ESCAPED_IN_QUOTES = new Set(['$', '`', '"', '\\', '\n']);

/**
 * Splits a command into words by the quoting rules of a POSIX shell (Shell Command Language, 2.2).
 * Nothing else of the shell applies: there are no variables, and `|`, `>` and `*` are ordinary
 * characters.
 * @throws ToolError `invalid_input` for a command without words, or with an unclosed quote, with
 * its position
 */
export function commandWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < command.length) {
    const char = command.charAt(at);
    if (BLANK.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
      continue;
    }
    const { text, end } =
      char === "'"
        ? singleQuoted(command, at)
        : char === '"'
          ? doubleQuoted(command, at)
          : char === '\\'
            ? escaped(command, at)
            : { text: char, end: at + 1 };
    word = (word ?? '') + text;
    at = end;
  }
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw wrong('is empty', 'Give the program to run and its arguments');
  return words;
}

/** A piece of a word, and where the next one starts. */
interface Piece {
  text: string;
  end: number;
}

function singleQuoted(command: string, start: number): Piece {
  const end = command.indexOf("'", start + 1);
  if (end < 0) throw unclosed("'", start);
  return { text: command.slice(start + 1, end), end: end + 1 };
}

function doubleQuoted(command: string, start: number): Piece {
  let text = '';
  for (let at = start + 1; at < command.length; at++) {
    const char = command.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    const next = command.charAt(at + 1);
    if (char === '\\' && ESCAPED_IN_QUOTES.has(next)) {
      if (next !== '\n') text += next;
      at += 1;
    } else {
      text += char;
    }
  }
  throw unclosed('"', start);
}

function escaped(command: string, start: number): Piece {
  const next = command.charAt(start + 1);
  if (next === '') {
    throw wrong('ends with a backslash that escapes nothing', 'Write it twice if it is meant');
  }
  return { text: next === '\n' ? '' : next, end: start + 2 };
}

function unclosed(quote: string, start: number): ToolError {
  return wrong(
    `has a quote ${quote} at character ${start + 1} that is never closed`,
    'Close it, or put a backslash before it if it is part of the text',
  );
}

function wrong(message: string, hint: string): ToolError {
  return new ToolError('invalid_input', `"command" ${message}. ${hint}.`, {
    errors: [{ field: 'command', message, accepts: 'words, quoted as for a POSIX shell' }],
  });
}
