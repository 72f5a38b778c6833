/** What programs need to run, and to read and write texts and times. */
const NEEDED = /^(?:PATH|HOME|LANG|LC_[A-Z]+|TZ|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR)$/;

/** What leads a program to the outside. An address of a proxy may hold a password. */
const PROXIES = /^(?:https?|all|no)_proxy$/i;

/**
 * The part of the server's own environment that a program gets. The rest may hold credentials, and
 * settings that lead the program elsewhere.
 */
export function ownEnvironment({
  isDownload = false,
  isTrusted = false,
}: {
  isDownload?: boolean;
  isTrusted?: boolean;
}): NodeJS.ProcessEnv {
  if (isTrusted) return process.env;
  const isGiven = (name: string) => NEEDED.test(name) || (isDownload && PROXIES.test(name));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isGiven(name)));
}
