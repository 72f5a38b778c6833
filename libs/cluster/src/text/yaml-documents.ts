import { setImmediate } from 'node:timers/promises';
import { parseJson, runInWorker, WorkTooLarge } from '#base';
import { ToolError } from '#tools';
import { isEntries } from '../go-yaml/entries.js';
import {
  readText,
  type ReadDocument,
  type ReadTextOptions,
  type TextProblem,
} from '../go-yaml/read-text.js';
import type { DocumentTexts } from './yaml-documents.worker.js';

/** One document of a text, as data. */
export type TextDocument = ReadDocument;

/** Milliseconds after which other calls get a turn. */
const SLICE_MS = 20;

/**
 * Characters from which a text is read in a worker thread. For shorter texts the overhead would
 * exceed the reading.
 */
const LEAST_FOR_WORKER = 64 * 1024;

/** Milliseconds for the largest text that the budgets allow, on a slow machine. */
const READ_LIMIT_MS = 30_000;

const WORKER = new URL('./yaml-documents.worker.js', import.meta.url);

/**
 * The documents of a YAML or JSON text, read as kubectl and helm read it; empty ones are left out.
 * @param field the parameter that the text came in
 * @param options of two equal keys the last one counts (`lastKeyCounts`), as it does in what helm
 * renders; they are refused otherwise
 * @throws ToolError `invalid_input` with line and column, and never with a part of the text, which
 * may be a Secret
 */
export async function readDocuments(
  field: string,
  text: string,
  signal: AbortSignal,
  options: ReadTextOptions = { lastKeyCounts: false },
): Promise<TextDocument[]> {
  if (text.length < LEAST_FOR_WORKER) {
    const found = readText(text, options);
    if (Array.isArray(found)) return found;
    throw unreadable(field, found);
  }
  try {
    const limits = { signal, timeoutMs: READ_LIMIT_MS };
    const found = await runInWorker<DocumentTexts | TextProblem>(WORKER, { text, options }, limits);
    if ('message' in found) throw unreadable(field, found);
    return await parsed(found, signal);
  } catch (error) {
    if (!(error instanceof WorkTooLarge)) throw error;
    throw refused(field, `cannot be read: ${error.message}; send it in parts`, error);
  }
}

/** Piece by piece, so that other calls get a turn. */
async function parsed(
  { text, lines, items }: DocumentTexts,
  signal: AbortSignal,
): Promise<TextDocument[]> {
  const documents: TextDocument[] = [];
  let from = 0;
  let turnEnds = performance.now() + SLICE_MS;
  const next = async (): Promise<unknown> => {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    const value = parseJson(text.slice(from, end));
    from = end + 1;
    if (performance.now() > turnEnds) {
      await setImmediate(undefined, { signal });
      turnEnds = performance.now() + SLICE_MS;
    }
    return value;
  };
  for (const [index, line] of lines.entries()) {
    const value = await next();
    const found: unknown[] = [];
    for (let left = items[index] ?? 0; left > 0; left--) found.push(await next());
    const isList = found.length > 0 && isEntries(value);
    documents.push({ line, value: isList ? { ...value, items: found } : value });
  }
  return documents;
}

function unreadable(field: string, { line, column, message }: TextProblem): ToolError {
  const place = `line ${line}, column ${column}`;
  return refused(field, `is not valid YAML or JSON at ${place}: ${message}`);
}

function refused(field: string, text: string, cause?: unknown): ToolError {
  return new ToolError('invalid_input', `"${field}" ${text}. Nothing was changed.`, {
    cause,
    errors: [{ field, message: text, accepts: 'YAML or JSON' }],
  });
}
