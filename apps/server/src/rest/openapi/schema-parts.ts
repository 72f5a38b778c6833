import type { OpenAPIObject } from '@nestjs/swagger';

/** The schemas of a document, by name. */
export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

type Schema = Schemas[string];

/** Text. */
export const text = (description?: string): Schema => ({
  type: 'string',
  ...(description && { description }),
});

/** A time, such as 2026-01-31T12:00:00.000Z. */
export const time = (description?: string): Schema => ({
  type: 'string',
  format: 'date-time',
  ...(description && { description }),
});

/** One of some words. */
export const oneOf = (words: readonly string[], description?: string): Schema => ({
  type: 'string',
  enum: [...words],
  ...(description && { description }),
});

/** A whole number. */
export const integer = (description?: string): Schema => ({
  type: 'integer',
  ...(description && { description }),
});

/** A list. */
export const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** An object of which only the kind of its fields is known, not their names. */
export const recordOf = (fields: Schema | true, description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: fields,
});

/** Another schema of the same document. */
export const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

/** The id of an execution. */
export const EXECUTION_ID: Schema = {
  type: 'string',
  format: 'uuid',
  description: 'UUID of this run. The log has it too.',
};

/** Whether the same call may be made again. */
export const RETRYABLE: Schema = {
  type: 'boolean',
  description: 'Whether the same call may succeed later and is safe to repeat.',
};

/** Where a list goes on. */
export const NEXT = text('The value of `after` for the next page. The last page has none.');
