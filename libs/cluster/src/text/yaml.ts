import { compareTexts } from '#base';
import { MAX_DEPTH, TOO_DEEP } from './json.js';
import { numberText } from './number-text.js';
import { yamlKey, yamlScalar } from './yaml-scalar.js';

/**
 * JSON data as kubectl prints it for `-o yaml`: keys sorted, two spaces of indentation, lists level
 * with their key. Ends with a line end.
 * @param maxChars characters after which it may end unfinished
 */
export function toYaml(value: unknown, maxChars = Infinity): string {
  if (!isFilled(value)) return `${scalar(value, 0, 2)}\n`;
  const writer = new YamlWriter(maxChars);
  writer.writeBlock(value, 0, '', 0);
  return `${writer.lines.join('\n')}\n`;
}

type Filled = unknown[] | Record<string, unknown>;

class YamlWriter {
  readonly lines: string[] = [];
  private chars = 0;

  constructor(private readonly maxChars: number) {}

  /** @param lead what the first line begins with instead of its indentation, e.g. `- ` */
  writeBlock(block: Filled, indent: number, lead: string, depth: number): void {
    const margin = ' '.repeat(indent);
    let start = lead || margin;
    if (Array.isArray(block)) {
      for (const item of block) {
        if (this.chars > this.maxChars) return;
        this.writeItem(item, indent, `${start}- `, depth);
        start = margin;
      }
      return;
    }
    for (const key of Object.keys(block).sort(compareKeys)) {
      if (this.chars > this.maxChars) return;
      const value = block[key];
      const head = `${start}${yamlKey(key)}:`;
      start = margin;
      if (!isFilled(value) || depth >= MAX_DEPTH) {
        const shown = isFilled(value) ? TOO_DEEP : value;
        this.push(`${head} ${scalar(shown, head.length + 1, indent + 2)}`);
      } else {
        this.push(head);
        this.writeBlock(value, Array.isArray(value) ? indent : indent + 2, '', depth + 1);
      }
    }
  }

  private writeItem(item: unknown, indent: number, head: string, depth: number): void {
    if (!isFilled(item) || depth >= MAX_DEPTH) {
      const shown = isFilled(item) ? TOO_DEEP : item;
      this.push(`${head}${scalar(shown, head.length, indent + 2)}`);
    } else {
      this.writeBlock(item, indent + 2, head, depth + 1);
    }
  }

  private push(line: string): void {
    this.lines.push(line);
    this.chars += line.length + 1;
  }
}

function scalar(value: unknown, column: number, indent: number): string {
  if (typeof value === 'string') return yamlScalar(value, column, indent);
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object' && value !== null) return '{}';
  return typeof value === 'number' || typeof value === 'bigint'
    ? numberText(value, 'yaml')
    : JSON.stringify(value ?? null);
}

function isFilled(value: unknown): value is Filled {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}

const DIGIT = /\d/;
const LETTER = /\p{L}/u;
const SIMPLE = /^[a-zA-Z]+$/;

/**
 * Letters by their code, other characters before letters, runs of digits by their number: `a2`
 * before `a10`.
 */
export function compareKeys(a: string, b: string): number {
  if (SIMPLE.test(a) && SIMPLE.test(b)) return compareTexts(a, b);
  const index = firstDifference(a, b);
  if (index >= a.length || index >= b.length) return a.length - b.length;
  const [l, r] = [characterAt(a, index), characterAt(b, index)];
  const [lLetter, rLetter] = [LETTER.test(l), LETTER.test(r)];
  if (lLetter !== rLetter) return rLetter ? -1 : 1;
  if (lLetter) return l < r ? -1 : 1;
  const [lDigits, rDigits] = [digitsAt(a, index), digitsAt(b, index)];
  const number = numberOf(a, index, lDigits, l, r) - numberOf(b, index, rDigits, l, r);
  if (number !== 0) return number;
  return lDigits.length - rDigits.length || (l < r ? -1 : 1);
}

function firstDifference(a: string, b: string): number {
  const least = Math.min(a.length, b.length);
  let index = 0;
  while (index < least && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  // Never between the two units of one character.
  const isInside = index > 0 && (a.codePointAt(index - 1) ?? 0) > 0xffff;
  return isInside ? index - 1 : index;
}

function characterAt(text: string, index: number): string {
  return String.fromCodePoint(text.codePointAt(index) ?? 0);
}

function digitsAt(text: string, index: number): string {
  let end = index;
  while (end < text.length && DIGIT.test(text[end]!)) end++;
  return text.slice(index, end);
}

// Where the keys first differ in a zero inside a number, that zero is a figure of it and not a
// leading one.
function numberOf(text: string, index: number, digits: string, l: string, r: string): number {
  let figure = false;
  if (l === '0' || r === '0') {
    for (let at = index - 1; at >= 0 && DIGIT.test(text[at]!); at--) {
      if (text[at] !== '0') figure = true;
    }
  }
  return Number(`${figure ? '1' : '0'}${digits}`);
}
