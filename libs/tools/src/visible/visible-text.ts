import { atOnce, type Steps } from '#base';

/**
 * What a reader does not see, or what moves or hides what he sees: control characters but tab and
 * line feed, zero-width characters, marks of direction, and the tags and selectors beyond the basic
 * plane, which are pairs of UTF-16 units. A line end of two characters is a line end.
 */
const UNSEEN = String.raw`\r\n|[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|\udb40[\udc00-\udfff]`;
const HAS_UNSEEN = new RegExp(UNSEEN);
const EACH_UNSEEN = new RegExp(UNSEEN, 'g');

/** The first halves of what is replaced as a whole. */
const FIRST_HALF = /[\r\udb40]$/;

/** The escapes so far: there are not many, and a text may be full of them. */
const ESCAPES = new Map([['\r\n', '\n']]);

/** Characters that are looked through before there may be a pause. */
const STEP_CHARS = 32 * 1024;

/**
 * A text with everything visible: as the escapes of JSON (`\u202e`), which are valid inside its
 * strings too.
 */
export function visible(text: string): string {
  return atOnce(visibleSteps(text));
}

/** As `visible`, for a text of any length. */
export function* visibleSteps(text: string): Steps<string> {
  const parts: string[] = [];
  let kept = 0;
  for (let start = 0; start < text.length;) {
    const end = endOfStep(text, start);
    const step = text.slice(start, end);
    if (HAS_UNSEEN.test(step)) {
      parts.push(text.slice(kept, start), step.replace(EACH_UNSEEN, escaped));
      kept = end;
    }
    start = end;
    if (start < text.length) yield;
  }
  if (parts.length === 0) return text;
  parts.push(text.slice(kept));
  return parts.join('');
}

/** Makes a text visible that comes in pieces. */
export class VisiblePieces {
  private held = '';

  /** Takes a piece. @returns what can be given of all so far */
  push(piece: string): string {
    const text = this.held + piece;
    this.held = FIRST_HALF.exec(text)?.[0] ?? '';
    return visible(text.slice(0, text.length - this.held.length));
  }

  /** @returns what is left */
  end(): string {
    const rest = visible(this.held);
    this.held = '';
    return rest;
  }
}

function endOfStep(text: string, start: number): number {
  const end = start + STEP_CHARS;
  if (end >= text.length) return text.length;
  return FIRST_HALF.test(text.charAt(end - 1)) ? end - 1 : end;
}

function escaped(unseen: string): string {
  const known = ESCAPES.get(unseen);
  if (known !== undefined) return known;
  const units = unseen.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  const escape = units.map((unit) => `\\u${unit}`).join('');
  ESCAPES.set(unseen, escape);
  return escape;
}
