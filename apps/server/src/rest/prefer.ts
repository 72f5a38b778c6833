/** What a `Prefer` header asks for (RFC 7240). */
export interface Preference {
  /** To be answered with 202, and to come back for the result. */
  respondAsync: boolean;
  /** Seconds to be kept waiting before that; 0 unless said. */
  waitSeconds: number;
}

/** Most seconds that a caller is kept waiting. */
const MAX_WAIT_SECONDS = 300;

/**
 * Reads a `Prefer` header. What it does not know or understand is of no effect, as the RFC has it.
 */
export function preferenceOf(header: string | string[] | undefined): Preference {
  const words = [header ?? []]
    .flat()
    .flatMap((line) => line.split(','))
    .map((word) => word.trim().toLowerCase());
  const wait = words.map((word) => /^wait\s*=\s*"?(\d{1,9})"?$/.exec(word)?.[1]).find(Boolean);
  return {
    respondAsync: words.includes('respond-async'),
    waitSeconds: Math.min(Number(wait ?? 0), MAX_WAIT_SECONDS),
  };
}
