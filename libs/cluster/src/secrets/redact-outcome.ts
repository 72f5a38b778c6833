import { setImmediate } from 'node:timers/promises';
import { ToolError, type ToolResult } from '#tools';
import type { SecretValues } from './secret-values.js';

/** Characters and fields of data that are looked through in one turn of the event loop. */
const TURN_SIZE = 64 * 1024;

/** What a tool answers, without the values of Secrets. */
export async function redactResult(
  values: SecretValues,
  { output, data }: ToolResult,
): Promise<ToolResult> {
  return {
    output: await values.redact(output),
    ...(data !== undefined && { data: await new DataRedactor(values).redact(data) }),
  };
}

/**
 * A failure without the values of Secrets: in its text, its fields and its stack. Its cause is left
 * out, because that may quote them.
 */
export async function redactError(values: SecretValues, error: unknown): Promise<unknown> {
  if (error instanceof ToolError) {
    const { message, errors, output } = error;
    const data = new DataRedactor(values);
    return error.with({
      message: await values.redact(message),
      cause: undefined,
      errors: errors && ((await data.redact(errors)) as typeof errors),
      output: output === undefined ? undefined : await values.redact(output),
    });
  }
  if (!(error instanceof Error)) return new DataRedactor(values).redact(error);
  const bug = new Error(await values.redact(error.message));
  bug.name = error.name;
  bug.stack = await values.redact(error.stack ?? '');
  return bug;
}

/** Copies data, without the values of Secrets in its texts and keys. */
class DataRedactor {
  private size = 0;

  constructor(private readonly values: SecretValues) {}

  async redact(data: unknown): Promise<unknown> {
    this.size += typeof data === 'string' ? data.length : 1;
    if (this.size > TURN_SIZE) {
      await setImmediate();
      this.size = 0;
    }
    if (typeof data === 'string') return this.values.redact(data);
    if (Array.isArray(data)) {
      const items: unknown[] = [];
      for (const item of data) items.push(await this.redact(item));
      return items;
    }
    if (typeof data !== 'object' || data === null) return data;
    const entries: [string, unknown][] = [];
    for (const [key, value] of Object.entries(data)) {
      entries.push([this.values.redactShort(key), await this.redact(value)]);
    }
    return Object.fromEntries(entries);
  }
}
