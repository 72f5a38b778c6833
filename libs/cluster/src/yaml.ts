import { compareTexts } from '#tools';
import { numberText } from './number-text.js';
import { yamlKey, yamlScalar } from './yaml-scalar.js';

/** JSON data as kubectl prints it for `-o yaml`: keys sorted, two spaces of indentation, lists level with their key. Ends with a line end. */
export function toYaml(value: unknown): string {
  const lines: string[] = [];
  if (isFilled(value)) writeBlock(lines, value, 0, '');
  else lines.push(scalar(value, 0, 2));
  return `${lines.join('\n')}\n`;
}

type Filled = unknown[] | Record<string, unknown>;

/** @param lead what the first line begins with instead of its indentation, e.g. `- ` */
function writeBlock(lines: string[], block: Filled, indent: number, lead: string): void {
  const margin = ' '.repeat(indent);
  let start = lead || margin;
  if (Array.isArray(block)) {
    for (const item of block) {
      writeItem(lines, item, indent, `${start}- `);
      start = margin;
    }
    return;
  }
  for (const key of Object.keys(block).sort(compareKeys)) {
    const value = block[key];
    const head = `${start}${yamlKey(key)}:`;
    start = margin;
    if (!isFilled(value)) {
      lines.push(`${head} ${scalar(value, head.length + 1, indent + 2)}`);
    } else {
      lines.push(head);
      writeBlock(lines, value, Array.isArray(value) ? indent : indent + 2, '');
    }
  }
}

function writeItem(lines: string[], item: unknown, indent: number, head: string): void {
  if (isFilled(item)) writeBlock(lines, item, indent + 2, head);
  else lines.push(`${head}${scalar(item, head.length, indent + 2)}`);
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
const HIGH_SURROGATE = /[\ud800-\udbff]/;
const SIMPLE = /^[a-zA-Z]+$/;

/** Letters by their code, other characters before letters, runs of digits by their number: `a2` before `a10`. */
export function compareKeys(a: string, b: string): number {
  if (SIMPLE.test(a) && SIMPLE.test(b)) return compareTexts(a, b);
  const index = firstDifference(a, b);
  if (index === Math.min(a.length, b.length)) return a.length - b.length;
  const [l, r] = [characterAt(a, index), characterAt(b, index)];
  const [lLetter, rLetter] = [LETTER.test(l), LETTER.test(r)];
  if (lLetter !== rLetter) return rLetter ? -1 : 1;
  if (lLetter) return l < r ? -1 : 1;
  const [lDigits, rDigits] = [digitsAt(a, index), digitsAt(b, index)];
  const number = numberOf(a, index, lDigits, l, r) - numberOf(b, index, rDigits, l, r);
  if (number !== 0) return number;
  return lDigits.length - rDigits.length || (l < r ? -1 : 1);
}

/** The place where two texts begin to differ, at the beginning of a character. */
function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let index = 0;
  while (index < length && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  const isInPair = index > 0 && index < length && HIGH_SURROGATE.test(a.charAt(index - 1));
  return isInPair ? index - 1 : index;
}

function characterAt(text: string, index: number): string {
  return String.fromCodePoint(text.codePointAt(index)!);
}

function digitsAt(text: string, index: number): string {
  let end = index;
  while (end < text.length && DIGIT.test(text.charAt(end))) end++;
  return text.slice(index, end);
}

// Where the keys first differ in a zero inside a number, that zero is a figure of it and not a leading one.
function numberOf(text: string, index: number, digits: string, l: string, r: string) {
  let figure = false;
  if (l === '0' || r === '0') {
    for (let at = index - 1; at >= 0 && DIGIT.test(text.charAt(at)); at--) {
      if (text.charAt(at) !== '0') figure = true;
    }
  }
  return Number(`${figure ? '1' : '0'}${digits}`);
}
