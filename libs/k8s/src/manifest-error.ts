import { ToolError } from '#tools';

/** An `invalid_input` about a manifest, of which nothing was applied. */
export function manifestError(message: string, cause?: unknown): ToolError {
  return new ToolError('invalid_input', message, {
    cause,
    errors: [{ field: 'content', message, accepts: 'YAML or JSON of Kubernetes objects' }],
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
