import type { OpenAPIObject } from '@nestjs/swagger';
import { inputClass, inputSchemaOf } from '#tools';
import { ExecuteQueryDto } from '../dto/list-tools.dto.js';
import { EXECUTION_ID } from './schema-parts.js';

/** An operation of the document. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

type Parameter = NonNullable<Operation['parameters']>[number];

/** What the values in a path are, by their names. */
const PATH_VALUES: Record<string, Partial<Parameter>> = {
  category: { description: 'The name of a category of tools.' },
  tool: { description: 'The name of a tool.' },
  id: { description: 'The id of an execution.', schema: EXECUTION_ID },
};

const header = (name: string, description: string, schema: object = {}): Parameter => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string', ...schema },
});

const IF_NONE_MATCH = header('If-None-Match', 'An ETag. If it is still right, the answer is 304.');

/** The request headers of each operation that is not a tool and has some, by operation id. */
const HEADERS: Record<string, Parameter[]> = {
  list_tools: [IF_NONE_MATCH],
  list_categories: [IF_NONE_MATCH],
  list_tools_of_category: [IF_NONE_MATCH],
  get_tool: [IF_NONE_MATCH],
  follow_execution: [
    header(
      'Last-Event-ID',
      'The id of the last event that was read. Those that follow it are sent. All of them unless given.',
      { type: 'integer', minimum: 0 },
    ),
  ],
};

const QUERY: Parameter[] = Object.entries(
  inputSchemaOf(ExecuteQueryDto.name, [inputClass(ExecuteQueryDto)]).properties,
).map(([name, { description, ...schema }]) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
}));

/** The parameters of running a tool, beside those of the tool itself. */
export const EXECUTE_PARAMETERS: Parameter[] = [
  ...QUERY,
  header(
    'Prefer',
    '`respond-async` answers 202 at once; `respond-async, wait=10` waits up to 10 seconds before.',
  ),
  header('Idempotency-Key', 'The same call with the same key is run once.', {
    minLength: 1,
    maxLength: 255,
    pattern: '^[!-~]+$',
  }),
];

/** The parameters of an operation that is not a tool. */
export function parametersOf({ operationId = '', parameters = [] }: Operation): Parameter[] {
  const described = parameters.map((parameter) =>
    'in' in parameter && parameter.in === 'path'
      ? { ...parameter, ...PATH_VALUES[parameter.name] }
      : parameter,
  );
  return [...described, ...(HEADERS[operationId] ?? [])];
}
