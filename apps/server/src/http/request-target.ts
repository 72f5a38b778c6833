import type { IncomingMessage } from 'node:http';

/** A request's target that names a scheme and a host (RFC 9112, 3.2.2). */
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** Whether a request's target names a host. */
export function isAbsolute(target: string): boolean {
  return ABSOLUTE.test(target);
}

/**
 * The path and query of a request's target. A target with the host of the `Host` header is reduced
 * to its path. A target with another host is returned as it is, and refused later.
 */
export function pathOf({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>): string {
  if (!isAbsolute(url)) return url;
  const target = hostOf(url);
  const isSame =
    target !== undefined && target.host === hostOf(`${target.protocol}//${headers.host}`)?.host;
  return isSame ? `${target.pathname}${target.search}` : url;
}

/** Parses an HTTP or HTTPS URL without a user. Anything else is undefined. */
export function hostOf(url: string): URL | undefined {
  const parsed = URL.parse(url);
  const isPlain = parsed && /^https?:$/.test(parsed.protocol) && !/@/.test(url.split('?', 1)[0]!);
  return isPlain ? parsed : undefined;
}
