/**
 * A rule for a text parameter. It keeps a value from being read as a flag, a path or another name:
 * no format lets a value start with "-".
 */
export interface TextFormat {
  pattern: RegExp;
  /** What the pattern means, for people. */
  means: string;
  /** Most characters, at most what the pattern takes. */
  maxLength: number;
  /** The most items in a list that is joined by commas or spaces. Each item costs a request. */
  maxItems?: number;
  /** Whether blanks around the text are removed. */
  trims?: boolean;
  /** Texts in which ".." is allowed. */
  dotsIn?: RegExp;
}

export const NAME: TextFormat = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252}$/,
  means: 'a name: at most 253 of A-Z, a-z, 0-9 and "_.:@+-", starting with a letter or digit',
  maxLength: 253,
};

/** A container, DNS label of RFC 1123. */
export const DNS_LABEL: TextFormat = {
  pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  means: 'at most 63 of a-z, 0-9 and "-", starting and ending with a letter or digit',
  maxLength: 63,
};

/** The id of an execution. */
export const UUID: TextFormat = {
  pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  means: 'a UUID in lower case',
  maxLength: 36,
};

/**
 * What is wrong with a text, in words; undefined if nothing is. The length is checked first,
 * because matching a very long text can run out of stack (RangeError).
 */
export function textFault(
  { pattern, means, maxLength, maxItems, dotsIn }: TextFormat,
  text: string,
): string | undefined {
  if (text.length > maxLength) return `must have at most ${maxLength} characters`;
  if (!pattern.test(text)) return `must be ${means}`;
  if (text.includes('..') && !dotsIn?.test(text)) return 'must not contain ".."';
  const items = maxItems === undefined ? 0 : text.split(/[, ]+/).length;
  return items > (maxItems ?? 0) ? `must not name more than ${maxItems}` : undefined;
}
