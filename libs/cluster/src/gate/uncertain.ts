import { ToolError } from '#tools';

/** The refusal of a request that can be read in more than one way. */
export function uncertain(why: string): ToolError {
  const message = `A request to the API server was refused, because it is not certain what it asks for: ${why}.`;
  return new ToolError('invalid_input', message);
}
