import { ToolError } from '#tools';

/** An `invalid_input` about a manifest. Nothing of it was applied. */
export function manifestError(message: string, cause?: unknown): ToolError {
  return new ToolError('invalid_input', message, {
    cause,
    errors: [{ field: 'content', message, accepts: 'YAML or JSON of Kubernetes objects' }],
  });
}
