/**
 * What is wrong with a text, and at which character. The message never holds a piece of the text,
 * which may be a Secret.
 */
export class BrokenText extends Error {
  constructor(
    message: string,
    readonly offset: number,
    /** Where the other of two places is, e.g. of a key that stands twice. */
    readonly earlier?: number,
  ) {
    super(message);
  }
}
