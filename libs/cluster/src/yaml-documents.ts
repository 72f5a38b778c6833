import { setImmediate } from 'node:timers/promises';
import {
  Composer,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type CST,
  type Document,
  type Tags,
  type YAMLError,
} from 'yaml';
import { ToolError } from '#tools';
import { checkValue } from './yaml-value.js';

/** One document of a text, as data. */
export interface TextDocument {
  /** The line that it begins in, counted from 1. */
  line: number;
  value: unknown;
}

/** Milliseconds after which other calls get their turn. */
const SLICE_MS = 20;

/** Collections in each other; of those that it reads, an API server takes fewer. */
const MAX_NESTED = 1_000;

/** Values of YAML 1.1 that kubectl does not know: dates and numbers to the base of 60 are text to it. */
const UNKNOWN_TO_KUBECTL = ['binary', 'omap', 'pairs', 'set', 'timestamp'];

const OPTIONS = {
  // As kubectl reads it: `defaultMode: 0644` is octal, `yes` is true.
  version: '1.1' as const,
  stringKeys: true,
  prettyErrors: false,
  // The library's own check takes time that grows with the square of the keys.
  uniqueKeys: false,
  logLevel: 'silent' as const,
  customTags: (tags: Tags): Tags =>
    tags.filter(
      (tag) =>
        typeof tag === 'string' ||
        !(
          ('format' in tag && tag.format === 'TIME') ||
          UNKNOWN_TO_KUBECTL.some((name) => tag.tag.endsWith(`:${name}`))
        ),
    ),
};

/**
 * The documents of a YAML or JSON text; empty ones are left out.
 * @param field the parameter that the text came in
 * @throws ToolError `invalid_input` with line and column, and never with a part of the text, which may be a Secret
 */
export async function readDocuments(
  field: string,
  text: string,
  signal: AbortSignal,
): Promise<TextDocument[]> {
  const lines = new LineCounter();
  const documents: TextDocument[] = [];
  let turnEnds = performance.now() + SLICE_MS;
  const composer = new Composer({ ...OPTIONS, lineCounter: lines });
  try {
    for (const document of composer.compose(tokensOf(text, lines))) {
      checkSyntax(document);
      const offset = document.contents?.range?.[0] ?? 0;
      const value = toData(document);
      if (value !== null) documents.push({ line: lines.linePos(offset).line, value });
      if (performance.now() > turnEnds) {
        await setImmediate(undefined, { signal });
        turnEnds = performance.now() + SLICE_MS;
      }
    }
  } catch (error) {
    if (error instanceof BrokenText) throw broken(field, error, lines);
    if (error instanceof RangeError)
      throw broken(field, new BrokenText('is nested too deeply'), lines);
    throw error;
  }
  return documents;
}

/** The tokens of a text. The library's parser takes seconds for a text that is nested a million times, all in one piece. */
function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token, void> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_NESTED) {
      throw new BrokenText('is nested too deeply', parser.offset);
    }
  }
  yield* parser.end();
}

/** What is wrong with a text, and at which character. */
class BrokenText extends Error {
  constructor(
    message: string,
    readonly offset?: number,
  ) {
    super(message);
  }
}

function checkSyntax(document: Document.Parsed): void {
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new BrokenText(syntaxText(problem), problem.pos[0]);
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name))
          throw new BrokenText('a key is there twice', (key as { range?: [number] }).range?.[0]);
        seen.add(name);
      }
    },
  });
}

/** What the library says, without the piece of the text that it may quote after a colon. */
function syntaxText({ code, message }: YAMLError): string {
  if (code === 'RESOURCE_EXHAUSTION') return 'is nested too deeply';
  const [said = ''] = message.split(': ', 1);
  return said.charAt(0).toLowerCase() + said.slice(1);
}

function toData(document: Document.Parsed): unknown {
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError) {
      const reason = 'has an alias (*name) without its anchor before it, or far too many aliases';
      throw new BrokenText(reason, document.contents?.range?.[0]);
    }
    throw error;
  }
  const problem = checkValue(value);
  if (problem) throw new BrokenText(problem, document.contents?.range?.[0]);
  return value;
}

function broken(field: string, { message, offset }: BrokenText, lines: LineCounter): ToolError {
  const { line, col } = lines.linePos(offset ?? 0);
  const place = offset === undefined ? '' : ` at line ${line}, column ${col}`;
  const text = `is not valid YAML or JSON${place}: ${message}`;
  return new ToolError('invalid_input', `"${field}" ${text}. Nothing was changed.`, {
    errors: [{ field, message: text, accepts: 'YAML or JSON' }],
  });
}
