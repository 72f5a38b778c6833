/** The most characters of an unknown name that are repeated. */
const MAX_LENGTH = 100;

/** Shortens a name from a caller for answers and the log. */
export function cutName(name: string): string {
  return name.length <= MAX_LENGTH ? name : `${name.slice(0, MAX_LENGTH).toWellFormed()}...`;
}
