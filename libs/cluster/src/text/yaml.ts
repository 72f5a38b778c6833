import { atOnce, type Steps } from '#base';
import { MAX_DEPTH, TOO_DEEP } from './json.js';
import { numberText } from './number-text.js';
import { yamlKey, yamlScalar } from './yaml-scalar.js';

/** Lines after which there may be a pause. */
const LINES_PER_STEP = 500;

/**
 * JSON data as kubectl prints it for `-o yaml`: keys sorted, two spaces of indentation, lists level
 * with their key. Ends with a line end.
 */
export function toYaml(value: unknown): string {
  return atOnce(yamlSteps(value, Infinity));
}

/**
 * As `toYaml`, in steps.
 * @param maxChars characters after which it may end unfinished
 */
export function* yamlSteps(value: unknown, maxChars: number): Steps<string> {
  const block = blockOf(value);
  if (!block) return `${scalar(value, 0, 2)}\n`;
  const writer = new YamlWriter(maxChars);
  yield* writer.write(block, 0, '', 0);
  return `${writer.lines.join('\n')}\n`;
}

/** A list or a map that is not empty. */
type Block = unknown[] | { keys: string[]; values: Record<string, unknown> };

class YamlWriter {
  readonly lines: string[] = [];
  private chars = 0;

  constructor(private readonly maxChars: number) {}

  /** @param lead what the first line begins with instead of its indentation, e.g. `- ` */
  *write(block: Block, indent: number, lead: string, depth: number): Steps<void> {
    const margin = ' '.repeat(indent);
    let start = lead || margin;
    if (Array.isArray(block)) {
      for (const item of block) {
        if (this.chars > this.maxChars) return;
        const head = `${start}- `;
        const inner = blockOf(item);
        if (inner && depth < MAX_DEPTH) yield* this.write(inner, indent + 2, head, depth + 1);
        else if (this.push(head, inner ? TOO_DEEP : item, head.length, indent)) yield;
        start = margin;
      }
      return;
    }
    for (const key of block.keys.sort(compareKeys)) {
      if (this.chars > this.maxChars) return;
      const value = block.values[key];
      const head = `${start}${yamlKey(key)}:`;
      const inner = blockOf(value);
      if (inner && depth < MAX_DEPTH) {
        this.pushLine(head);
        yield* this.write(inner, Array.isArray(inner) ? indent : indent + 2, '', depth + 1);
      } else if (this.push(`${head} `, inner ? TOO_DEEP : value, head.length + 1, indent)) yield;
      start = margin;
    }
  }

  /** @returns whether there may be a pause */
  private push(head: string, value: unknown, column: number, indent: number): boolean {
    this.pushLine(`${head}${scalar(value, column, indent + 2)}`);
    return this.lines.length % LINES_PER_STEP === 0;
  }

  private pushLine(line: string): void {
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

/** What is in a value that is written as a block; undefined for a scalar, and where it is empty. */
function blockOf(value: unknown): Block | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value.length > 0 ? value : undefined;
  const keys = Object.keys(value);
  return keys.length > 0 ? { keys, values: value as Record<string, unknown> } : undefined;
}

const LETTER = /\p{L}/u;

/**
 * Letters by their code, other characters before letters, runs of digits by their number: `a2`
 * before `a10`.
 */
export function compareKeys(a: string, b: string): number {
  const index = firstDifference(a, b);
  if (index >= a.length || index >= b.length) return a.length - b.length;
  const [l, r] = [characterAt(a, index), characterAt(b, index)];
  const [lLetter, rLetter] = [isLetter(l), isLetter(r)];
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

function isLetter(character: string): boolean {
  // The lower case of an ASCII letter has the codes from 97 to 122.
  const code = character.charCodeAt(0);
  return code < 0x80 ? (code | 0x20) >= 97 && (code | 0x20) <= 122 : LETTER.test(character);
}

function isDigitAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

function digitsAt(text: string, index: number): string {
  let end = index;
  while (isDigitAt(text, end)) end++;
  return text.slice(index, end);
}

// Where the keys first differ in a zero inside a number, that zero is a figure of it and not a
// leading one.
function numberOf(text: string, index: number, digits: string, l: string, r: string): number {
  let figure = false;
  if (l === '0' || r === '0') {
    for (let at = index - 1; at >= 0 && isDigitAt(text, at); at--) {
      if (text[at] !== '0') figure = true;
    }
  }
  return Number(`${figure ? '1' : '0'}${digits}`);
}
