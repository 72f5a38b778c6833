import { BYTE_ORDER_MARK, HASH, isBlank, isBreak } from './characters.js';

/** The next character that is neither blank nor in a comment. */
export function contentFrom(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === HASH) {
      while (at < text.length && !isBreak(text.charCodeAt(at))) at++;
    } else if (isBlank(code) || isBreak(code) || code === BYTE_ORDER_MARK) {
      at++;
    } else {
      return at;
    }
  }
}
