/** Most characters of a name that nothing here has. */
const MAX_LENGTH = 100;

/**
 * A name that a caller gives, as answers and the log repeat it: they need no more of it than a
 * reader does.
 */
export function cutName(name: string): string {
  return name.length <= MAX_LENGTH ? name : `${name.slice(0, MAX_LENGTH).toWellFormed()}...`;
}
