import { withoutKlog } from '#cli';
import { ToolError, type ToolErrorCode } from '#tools';

/** How helm 3 and 4 word failures; the first match counts. */
const FAILURES: readonly (readonly [RegExp, ToolErrorCode])[] = [
  [/another operation \(install\/upgrade\/rollback\) is in progress/, 'conflict'],
  [/cannot re-?use a name that is still in use/, 'conflict'],
  [/exists and cannot be imported into the current release/, 'conflict'],
  [/conflict(s)? occurred|Apply failed with \d+ conflict|the object has been modified/, 'conflict'],
  [/release: not found|has no deployed releases|release has no \d+ version/, 'not_found'],
  [/no chart (version|name) found|repo \S+ not found|no cached repo found/, 'not_found'],
  [/chart "[^"]*" (matching|version) .{0,300}not found|: 404 Not Found|: not found$/m, 'not_found'],
  [/values don't meet the specifications of the schema/, 'invalid_input'],
  [/improper constraint|invalid version\/constraint format|non-absolute URLs/, 'invalid_input'],
  [/is forbidden:|unauthorized|: 40[13] (Unauthorized|Forbidden)/, 'forbidden'],
  [/Kubernetes cluster unreachable|no such host|connection refused/, 'unavailable'],
  // The words of client-go for an answer from something in front of the API server.
  [
    /server is currently unable to handle the request|connection reset|unexpected EOF/,
    'unavailable',
  ],
  [/an error on the server \(|serializer for \S+ doesn't exist/, 'upstream'],
  [/is not a valid chart repository or cannot be reached/, 'upstream'],
  [
    /context deadline exceeded|timed out waiting for the condition|Client\.Timeout exceeded/,
    'timeout',
  ],
];

/**
 * Characters of helm's output that are examined: a chart may make helm print any text of any
 * length.
 */
const MAX_SAID_CHARS = 50_000;

const PREFIX = /^Error: |\b(INSTALLATION|UPGRADE) FAILED: /gm;

const LOG_LINES = /^level=.*\n?/gm;

/** Lines about the server's own files. */
const OWN_FILES = /^WARNING: Kubernetes configuration file is .*\n?/gm;

/**
 * The failure that helm reports on stderr.
 * @param hidden a folder of the server that is left out of the text
 * @param output what it wrote on stdout before
 * @param known its code, where this server has answered in place of the API server
 */
export function helmFailure(
  stderr: string,
  exitCode: number,
  hidden: string,
  output: string,
  known?: ToolErrorCode,
): ToolError {
  const text = cleanText(stderr, hidden);
  // The log of helm 4 repeats the message.
  const said = withoutKlog(text).replace(LOG_LINES, '').trim() || text;
  const code = known ?? FAILURES.find(([pattern]) => pattern.test(said))?.[1] ?? 'failed';
  const message = said === '' ? `helm ended with exit code ${exitCode} and no message.` : said;
  return new ToolError(code, message, {
    retryable: false,
    ...(output.trim() !== '' && { output: output.trim() }),
  });
}

/**
 * What helm writes to stderr, safe to show: without the server's folders and without credentials in
 * addresses.
 */
export function cleanText(text: string, hidden: string): string {
  const own = shortened(text).replace(OWN_FILES, '').replaceAll(`${hidden}/`, '');
  return withoutCredentials(own).replace(PREFIX, '').trim();
}

/** The beginning and the end of a text that is too long: helm says what is wrong last. */
function shortened(text: string): string {
  const left = text.length - MAX_SAID_CHARS;
  if (left <= 0) return text;
  const half = MAX_SAID_CHARS / 2;
  return `${text.slice(0, half)}\n[${left} characters left out]\n${text.slice(-half)}`;
}

/**
 * User and password in an address. A lookbehind matches what stands before them, so that no text
 * takes more than linear time.
 */
const USER_INFO = /(?<=\w:\/\/)[^\s/"']+@/g;

/** The query of an address. */
const ADDRESS_QUERY = /(?<=\w:\/\/[^\s?"']+\?)[^\s"')]+/g;

/** A text whose addresses have neither user, password nor query. */
export function withoutCredentials(text: string): string {
  return text.replace(USER_INFO, '<redacted>@').replace(ADDRESS_QUERY, '<redacted>');
}
