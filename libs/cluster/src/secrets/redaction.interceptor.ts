import { Injectable } from '@nestjs/common';
import {
  InterceptsTools,
  type Progress,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';
import { collectSecrets } from './read-secrets.js';
import { redactError, redactResult } from './redact-outcome.js';
import { SecretValues } from './secret-values.js';
import { ValueRedactor } from './value-redactor.js';

/**
 * Keeps the values of the Secrets that a call reads or writes out of its output, data, errors,
 * progress and pieces of output.
 */
@Injectable()
@InterceptsTools({ stage: 'redaction' })
export class RedactionInterceptor implements ToolInterceptor {
  async intercept(
    { tool, input, call }: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const values = new SecretValues();
    const emitted = new ValueRedactor(values);
    const give = (text: string) => {
      if (text !== '') call.emit(text);
    };
    const emit = (chunk: string) => give(emitted.push(chunk));
    const progress = ({ message, ...numbers }: Progress) =>
      call.progress(
        message === undefined ? numbers : { ...numbers, message: values.redactShort(message) },
      );
    const settled = () => {
      give(emitted.end());
      call.settled();
    };
    const redacting = { tool, input, call: { ...call, emit, progress, settled } };
    try {
      const result = await collectSecrets(values, () => next(redacting));
      give(emitted.end());
      return values.isEmpty ? result : await redactResult(values, result);
    } catch (error) {
      give(emitted.end());
      throw values.isEmpty ? error : await redactError(values, error);
    }
  }
}
