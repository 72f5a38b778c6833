import { UsageError } from '../paths.js';

const SOURCES = ['download', 'build'] as const;

/** Where the programs of a sandbox come from. */
export type ProgramSource = (typeof SOURCES)[number];

/**
 * What `SANDBOX_SOURCE` says; undefined for what works: a download where it can be had, or else a
 * build.
 * @throws UsageError for anything else
 */
export function programSource(
  given = process.env['SANDBOX_SOURCE'] ?? '',
): ProgramSource | undefined {
  if (given === '') return undefined;
  const source = SOURCES.find((known) => known === given);
  if (source) return source;
  throw new UsageError(`SANDBOX_SOURCE is "${given}": set it to ${SOURCES.join(' or ')}, or not.`);
}

/**
 * The address in `SANDBOX_MIRROR`; undefined for the projects' own servers.
 * @throws UsageError for what is no address
 */
export function programMirror(given = process.env['SANDBOX_MIRROR'] ?? ''): string | undefined {
  if (given === '') return undefined;
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
  throw new UsageError(`SANDBOX_MIRROR is "${given}": set it to a URL that starts with https://.`);
}
