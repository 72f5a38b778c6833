import type { Connection } from '../http/connection.js';
import { retried } from '../http/retried.js';
import { SkyfloError } from '../http/skyflo-error.js';
import { TOOL_FACTS } from '../generated/tools.js';
import type { CallOptions } from '../options.js';
import type { components } from '../generated/schemas.js';
import type { ToolAnswer } from '../types.js';

/** A call of a tool. */
export interface ToolCall {
  tool: string;
  params: unknown;
  options: CallOptions;
  retries: number;
}

type Executed = components['schemas']['ToolAnswer'];
type Accepted = components['schemas']['Accepted'];

/** Whether a tool is known to change nothing. */
export function isRead(tool: string): boolean {
  return TOOL_FACTS[tool]?.readOnly ?? false;
}

/**
 * Runs a tool and waits for it. To stop waiting ends the run.
 * @throws SkyfloError
 */
export async function execute(connection: Connection, call: ToolCall): Promise<ToolAnswer> {
  const { tool, retries, options } = call;
  const { signal } = options;
  const send = async () => {
    try {
      return await connection.send<Executed>({ ...requestOf(call), signal });
    } catch (error) {
      throw isRead(tool) ? error : withoutRepeating(error);
    }
  };
  return answerOf((await retried(send, { retries, signal })).body);
}

/**
 * Starts a tool under an idempotency key, and waits some seconds for it. A call whose answer is
 * lost is made again with its key, so that it is run once.
 * @returns its answer, or the id of the run, which goes on
 * @throws SkyfloError
 */
export async function begin(
  connection: Connection,
  call: ToolCall,
  waitSeconds: number,
): Promise<ToolAnswer | string> {
  const { retries, options } = call;
  const prefer = `respond-async, wait=${waitSeconds}`;
  let key = options.idempotencyKey ?? randomKey();
  let isLost = false;
  const send = async () => {
    try {
      return await connection.send<Executed | Accepted>(
        requestOf(call, { prefer, 'idempotency-key': key }),
      );
    } catch (error) {
      isLost ||= error instanceof SkyfloError && error.code === 'no_answer';
      if (isLost && error instanceof SkyfloError) throw withKey(error, key);
      // The server remembers a failure under its key. Only a call that may have been run keeps it.
      key = options.idempotencyKey ?? randomKey();
      throw error;
    }
  };
  const { body } = await retried(send, { retries, signal: options.signal });
  return body.status === 'accepted' ? body.execution_id : answerOf(body);
}

function requestOf({ tool, params, options }: ToolCall, headers: Record<string, string> = {}) {
  const [first = ''] = tool.split('_', 1);
  const category = TOOL_FACTS[tool]?.category ?? first;
  return {
    method: 'POST',
    path: `/tools/${encodeURIComponent(category)}/${encodeURIComponent(tool)}/execute`,
    query: queryOf(options),
    headers,
    body: params,
  } as const;
}

function queryOf({ data, timeoutSeconds, maxOutputChars }: CallOptions) {
  return {
    data: data || undefined,
    time_limit_seconds: timeoutSeconds,
    max_output_chars: maxOutputChars,
  };
}

function answerOf({ result, data, execution_id: executionId }: Executed): ToolAnswer {
  return { result, executionId, ...(data !== undefined && { data }) };
}

/** A change may have been made. It must not be made again by itself. */
function withoutRepeating(error: unknown): unknown {
  if (!(error instanceof SkyfloError) || error.code !== 'no_answer') return error;
  const { message, status, retryAfterSeconds, cause } = error;
  const detail = `${message} Whether the call was carried out is unknown: look, before you repeat it.`;
  const facts = { code: error.code, retryable: false, status, retryAfterSeconds };
  return new SkyfloError({ ...facts, detail }, { cause });
}

/** The failure, with the key by which the caller can find out what has become of its call. */
function withKey(error: SkyfloError, idempotencyKey: string): SkyfloError {
  const { message: detail, code, retryable, status, retryAfterSeconds, cause } = error;
  const facts = { code, retryable, status, retryAfterSeconds, idempotencyKey };
  return new SkyfloError({ ...facts, detail }, { cause });
}

/** Not `crypto.randomUUID`: browsers have that on https and on localhost only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
