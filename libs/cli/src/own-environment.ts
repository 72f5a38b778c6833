/** What programs need to run, and to read and write texts and times. */
const NEEDED = /^(?:PATH|HOME|LANG|LC_[A-Z]+|TZ|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR)$/;

/**
 * The part of the server's own environment that a program gets. The rest may hold credentials, and
 * settings that lead the program elsewhere.
 */
export function ownEnvironment({ isTrusted = false }: { isTrusted?: boolean }): NodeJS.ProcessEnv {
  if (isTrusted) return process.env;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => NEEDED.test(name)));
}
