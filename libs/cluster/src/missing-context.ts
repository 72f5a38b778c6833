import { ToolError } from '#tools';
import type { KnownContexts } from './known-contexts.js';

/** What callers learn about the files. Their paths are only in the log. */
const UNREADABLE = 'A part of it cannot be read; the log of the server says which and why.';

/**
 * For a context that there is not.
 * @param isPartial whether a file of the kubeconfig cannot be read
 */
export function unknownContext(
  name: string,
  names: readonly string[],
  isPartial: boolean,
): ToolError {
  const problem = isPartial ? ` ${UNREADABLE}` : '';
  const message = `Unknown context "${name}". Contexts: ${names.join(', ')}.${problem}`;
  return wrongContext(names, message, `"${name}" is unknown`);
}

/**
 * For a call that names no context, where there is no default one.
 * @param chosen the setting `DEFAULT_CONTEXT`
 */
export function noDefault(
  { names, kubeconfig: { currentContext } }: KnownContexts,
  chosen: string | undefined,
): ToolError {
  const what =
    chosen !== undefined
      ? `The setting DEFAULT_CONTEXT, "${chosen}", is not one of the contexts.`
      : currentContext === undefined
        ? 'The kubeconfig has no current-context.'
        : `The current-context of the kubeconfig, "${currentContext}", is not one of its contexts.`;
  if (names.length > 1) {
    return wrongContext(names, `${what} Name a context: ${names.join(', ')}.`, 'is required');
  }
  // With only one context, tools need not have a parameter to name it.
  const setting = chosen === undefined ? 'current-context' : 'DEFAULT_CONTEXT';
  const message = `${what} Set ${setting} to ${names.join(', ')}.`;
  return new ToolError('unavailable', message, { retryable: false });
}

/** For any call, where there is no context. */
export function noContexts(isPartial: boolean): ToolError {
  const why = isPartial
    ? `The kubeconfig cannot be used. ${UNREADABLE}`
    : 'No cluster is configured.';
  const message = `${why} Write a kubeconfig to the place that KUBECONFIG names, ~/.kube/config if it names none. The server finds it within seconds.`;
  return new ToolError('unavailable', message, { retryable: false });
}

function wrongContext(names: readonly string[], text: string, message: string): ToolError {
  const accepts = `one of ${names.join(', ')}`;
  return new ToolError('invalid_input', text, {
    errors: [{ field: 'context', message, accepts }],
  });
}
