import { within } from '#store';

/** A tick, a cross, or something that is worth knowing and no fault. */
export type FindingState = 'ok' | 'note' | 'failed';

/** What one check has found. */
export interface Fact {
  name: string;
  state: FindingState;
  says: string;
  /** What to do about it. */
  todo?: string;
}

export interface Finding extends Fact {
  /** What it belongs to, such as `context prod`. */
  area: string;
}

/** Milliseconds for one check; all run side by side. */
export const CHECK_LIMIT_MS = 10_000;

/** The end of a sentence that says what is wrong; what to do comes after it. */
const SENTENCE_END = /(?<=\.) (?=[A-Z])/;

/** Runs checks side by side. One that fails or takes too long is a cross of its own. */
export async function allOf(
  checks: readonly { area: string; name: string; run: () => Promise<Fact[]> | Fact[] }[],
): Promise<Finding[]> {
  const findings = await Promise.all(
    checks.map(async ({ area, name, run }) => {
      const work = Promise.resolve().then(run);
      const facts = await within(CHECK_LIMIT_MS, work, 'There was no answer').catch(
        (error: unknown) => [failed(name, error)],
      );
      return facts.map((fact) => ({ area, ...fact }));
    }),
  );
  return findings.flat();
}

/** A cross. Of a message, what follows the first sentence is what to do. */
export function failed(name: string, error: unknown, todo?: string): Fact {
  const [says = '', ...rest] = messageOf(error).split(SENTENCE_END);
  const advice = [...rest, ...(todo === undefined ? [] : [todo])].join(' ');
  return { name, state: 'failed', says, ...(advice !== '' && { todo: advice }) };
}

/** What an error says, with the reason that `fetch` and others only have as its cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = (error.cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const reason = code ?? message;
  return error.message === 'fetch failed' && reason !== undefined
    ? `The address cannot be reached (${reason}).`
    : error.message;
}
