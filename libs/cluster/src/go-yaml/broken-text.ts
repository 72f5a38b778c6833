/**
 * What is wrong with a text, and at which character. The message never quotes the text, which may
 * be a Secret.
 */
export class BrokenText extends Error {
  constructor(
    message: string,
    readonly offset: number,
    /** The first of two places, e.g. of a key that occurs twice. */
    readonly earlier?: number,
  ) {
    super(message);
  }
}
