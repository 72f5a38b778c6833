import { createHash } from 'node:crypto';
import { isoNow, parseJson } from '#base';
import type { PreparedCall, ToolError } from '#tools';
import {
  statusOf,
  type Execution,
  type ExecutionError,
  type ExecutionStatus,
  type Outcome,
} from '../execution.js';
import type { LiveExecution } from '../live-execution.js';
import { failureSize } from '../cut-failure.js';
import type { ExecutionRow } from './schema.js';

/** Bytes, about, of a row and its places in the indexes. */
export const ROW_BYTES = 700;

/** Everything but what may be large. */
export const SUMMARY = [
  'id',
  'tool',
  'category',
  'caller',
  'status',
  'replica',
  'created_at',
  'started_at',
  'finished_at',
  'error',
] as const;

/** The row of an execution that has not ended. @param replica the `Replicas.id` of its server */
export function rowOf(execution: LiveExecution, replica: string): ExecutionRow {
  const { id, tool, category, caller, createdAt, startedAt } = execution;
  return {
    id,
    tool,
    category,
    caller,
    status: startedAt ? 'running' : 'queued',
    replica,
    created_at: createdAt,
    started_at: startedAt ?? null,
    finished_at: null,
    output: null,
    data: null,
    error: null,
    size: ROW_BYTES,
    idempotency_key: null,
    request_hash: null,
    cancel_requested: 0,
  };
}

/** What changes in the row of an execution when it ends. */
export function endOf(
  { isKept, isStored, eventBytes, signal, limits }: LiveExecution,
  outcome: Outcome,
): Partial<ExecutionRow> {
  const { output: whole = '', data } =
    'result' in outcome ? outcome.result : { output: outcome.error.output };
  // The output of a read that ended before it was stored went to its caller. Nobody else needs it.
  const isCut =
    'error' in outcome
      ? failureSize(outcome.error) > limits.errorChars
      : whole.length > limits.answerChars;
  const keepsOutput = isKept || isStored || isCut;
  const output = keepsOutput ? storable(whole.slice(0, limits.keptChars)) : null;
  const dataText = isKept && data !== undefined ? JSON.stringify(data) : '';
  const keepsData = dataText !== '' && dataText.length <= limits.keptChars;
  const error = 'error' in outcome ? JSON.stringify(errorOf(outcome.error)) : null;
  const texts = [output, keepsData ? dataText : null, error];
  return {
    status: statusOf(outcome, signal.aborted),
    finished_at: isoNow(),
    output,
    data: keepsData ? dataText : null,
    error,
    size: texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), ROW_BYTES + eventBytes),
  };
}

/** An execution as its row has it. */
export function executionOf(
  row: Pick<ExecutionRow, (typeof SUMMARY)[number]> & Partial<ExecutionRow>,
): Execution {
  return {
    id: row.id,
    tool: row.tool,
    category: row.category,
    caller: row.caller,
    status: row.status as ExecutionStatus,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    output: row.output ?? undefined,
    data: row.data ? parseJson(row.data) : undefined,
    error: row.error ? withLateEnd(parseJson(row.error) as ExecutionError) : undefined,
  };
}

/**
 * A hash that distinguishes calls without storing their parameters, which may be secret. What has
 * its default does not count: a key must mean the same call when the server is upgraded, and the
 * tool has got another parameter.
 */
export function hashOf({ tool, input, shared }: PreparedCall): string {
  const { properties } = tool.inputSchema;
  const given = (values: object) =>
    sorted(values).filter(([name, value]) => value !== properties[name]?.default);
  return createHash('sha256')
    .update(JSON.stringify([tool.name, given(input), given(shared)]))
    .digest('hex');
}

/**
 * PostgreSQL cannot store text with NUL or half of a surrogate pair. The replacements have the same
 * length, so that offsets stay valid.
 */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

function withLateEnd(error: ExecutionError): ExecutionError {
  const { late } = error;
  if (!late) return error;
  const why = late.message === null ? '' : `: ${late.message}`;
  const note = `That server was only silent. It said later that this ended as ${late.status} at ${late.at}${why}`;
  return { ...error, message: `${error.message} ${note}${/[.!?]$/.test(note) ? '' : '.'}` };
}

function errorOf({ code, message, retryable, errors }: ToolError): ExecutionError {
  return { code, message, retryable, errors };
}

function sorted(values: object): [string, unknown][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
