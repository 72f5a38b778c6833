/** Tells whether a text matches. */
export type TextMatch = (text: string) => boolean;

/**
 * Compiles globs into one test: whether any of them matches the whole text. `*` stands for any
 * characters, also none, and `?` for one. Each test takes a time in proportion to the lengths of
 * text and glob, whatever the glob.
 */
export function matchAny(globs: readonly string[]): TextMatch {
  if (globs.includes('*')) return () => true;
  const exact = new Set(globs.filter((glob) => !isPattern(glob)));
  const patterns = globs.filter(isPattern).map(matchPattern);
  const [first] = patterns;
  if (!first) return exactMatch(exact);
  if (patterns.length === 1 && exact.size === 0) return first;
  return (text) => exact.has(text) || patterns.some((matches) => matches(text));
}

function exactMatch(texts: ReadonlySet<string>): TextMatch {
  const [only] = texts;
  return texts.size === 1 ? (text) => text === only : (text) => texts.has(text);
}

/** Whether a glob has a character that stands for others. */
export function isPattern(glob: string): boolean {
  return glob.includes('*') || glob.includes('?');
}

function matchPattern(glob: string): TextMatch {
  const start = glob.slice(0, -1);
  if (glob.endsWith('*') && !isPattern(start)) return (text) => text.startsWith(start);
  return (text) => matchesPattern(text, glob);
}

/** The last `*` is the only one to go back to, so there is no backtracking beyond it. */
function matchesPattern(text: string, glob: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const wanted = glob[inGlob];
    if (wanted === '*') {
      star = inGlob++;
      starAt = at;
    } else if (wanted === '?' || wanted === text[at]) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (glob[inGlob] === '*') inGlob++;
  return inGlob === glob.length;
}
