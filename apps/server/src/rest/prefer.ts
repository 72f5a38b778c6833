/** What a `Prefer` header asks for (RFC 7240). */
export interface Preference {
  /** The caller wants 202 at once and fetches the result later. */
  respondAsync: boolean;
  /** Seconds to wait for the result before 202. The default is 0. */
  waitSeconds: number;
}

/** Upper limit of `waitSeconds`. */
const MAX_WAIT_SECONDS = 300;

/** Reads a `Prefer` header. As the RFC says, unknown and malformed preferences are ignored. */
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
