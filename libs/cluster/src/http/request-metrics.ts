import { boundedNames, gauge, histogram } from '#telemetry';
import { ToolError } from '#tools';
import type { RequestOptions } from './request-options.js';

const DURATION = histogram({
  name: 'skyflo.cluster.request.duration',
  description:
    'How long API servers take to answer: until the whole answer is there, or a stream begins. ' +
    'Equal reads at the same time are one request. Requests of helm and kubectl count, too.',
  unit: 's',
  labels: ['verb', 'code', 'context'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
});

const UP = gauge({
  name: 'skyflo.context.up',
  description: 'Whether requests are sent to a context: 0 while its API server does not answer.',
  unit: '1',
  labels: ['context'],
});

/** Contexts that are told apart. */
const MAX_CONTEXTS = 100;

const contextName = boundedNames(MAX_CONTEXTS);

/** For requests that did not come by the gate, which reads what they ask. */
const VERBS = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** Why no request can be sent to a context now. Undefined if one can. */
type Refusal = () => ToolError | undefined;

/** By context: while one takes the place of another, there are two of a name. */
const watched = new Map<string, Set<Refusal>>();

UP.observe(() =>
  [...watched].map(([name, refusals]) => {
    const isUp = [...refusals].every((refusal) => refusal() === undefined);
    return [isUp ? 1 : 0, name];
  }),
);

/** Shows whether a context can be reached. @returns a function that shows it no longer */
export function watchContext(context: string, refusal: Refusal): () => void {
  const name = contextName(context);
  const refusals = watched.get(name) ?? new Set();
  watched.set(name, refusals.add(refusal));
  return () => {
    refusals.delete(refusal);
    if (refusals.size === 0 && watched.get(name) === refusals) watched.delete(name);
  };
}

/** Measures how long a request takes, from now on. */
export async function measured<T extends { status: number }>(
  answer: Promise<T>,
  context: string,
  { method = 'GET', verb = VERBS[method] }: RequestOptions,
): Promise<T> {
  const startedAt = performance.now();
  let code = '';
  try {
    const whole = await answer;
    code = String(whole.status);
    return whole;
  } catch (error) {
    code = failureOf(error);
    throw error;
  } finally {
    DURATION.record((performance.now() - startedAt) / 1_000, verb, code, contextName(context));
  }
}

/** Why there is no HTTP status. */
function failureOf(error: unknown): string {
  const isKnown = error instanceof ToolError && ['timeout', 'cancelled'].includes(error.code);
  return isKnown ? error.code : 'error';
}
