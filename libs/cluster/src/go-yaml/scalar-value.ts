import { Buffer } from 'node:buffer';

/** A scalar as it stands. */
export interface Scalar {
  text: string;
  /** In full; "" for none. */
  tag: string;
  /** Whether it has neither quotes nor a tag, so that its text decides its type. */
  isPlain: boolean;
}

/**
 * A scalar's value. The kind distinguishes whole numbers from others, which JavaScript does not.
 */
export type Resolved =
  | { kind: 'text'; value: string }
  | { kind: 'null'; value: null }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'integer'; value: number | bigint }
  | { kind: 'float'; value: number };

export const TAG_PREFIX = 'tag:yaml.org,2002:';

const [TEXT, BOOLEAN, INTEGER, FLOAT, NULL, TIME, BINARY] = [
  'str',
  'bool',
  'int',
  'float',
  'null',
  'timestamp',
  'binary',
].map((name) => TAG_PREFIX + name);

const KIND_TAGS = { text: TEXT, null: NULL, boolean: BOOLEAN, integer: INTEGER, float: FLOAT };
const TAGS = ['', TEXT, BOOLEAN, INTEGER, FLOAT, NULL, TIME];

const WORDS = new Map<string, Resolved>([
  ...cased('y', 'yes', 'true', 'on').map(wordOf(true)),
  ...cased('n', 'no', 'false', 'off').map(wordOf(false)),
  ...['', '~', ...cased('null')].map((word) => [word, { kind: 'null', value: null }] as const),
  ...['.nan', '.NaN', '.NAN'].map(floatOf(NaN)),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(floatOf(Infinity)),
  ...['-.inf', '-.Inf', '-.INF'].map(floatOf(-Infinity)),
]);

const NUMBER_START = /^[-+.\d]/;
/** In Go's bases; none, or a zero, is decimal or octal. */
const WHOLE = /^([-+]?)(0[xob]?(?=[\da-f])|)([\da-f]+)$/i;
const ODD_BINARY = /^0b([-+]?)([01]+)$/;
const FLOAT_TEXT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i;
/** Go's own syntax, for what begins with a dot: underscores between digits. */
const DOTTED = /^\.\d+(?:_\d+)*(?:e[-+]?\d+(?:_\d+)*)?$/i;
const DATE_START = /^\d{4}-/;

const LEAST_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * What go-yaml v2 makes of a scalar for sigs.k8s.io/yaml (resolve.go): YAML 1.1 without numbers to
 * the base of 60, dates are text.
 * @returns undefined if its tag does not fit its text
 */
export function resolveScalar({ text, tag, isPlain }: Scalar): Resolved | undefined {
  if (tag === '' && !isPlain) return { kind: 'text', value: text };
  if (tag === BINARY) return binary(text);
  if (!TAGS.includes(tag) || tag === TEXT) return { kind: 'text', value: text };
  const found = WORDS.get(text);
  const resolved = found ?? (NUMBER_START.test(text) ? number(text) : undefined);
  if (tag === TIME) return DATE_START.test(text) ? { kind: 'text', value: text } : undefined;
  if (!resolved) return tag === '' ? { kind: 'text', value: text } : undefined;
  if (tag === '' || tag === KIND_TAGS[resolved.kind]) return resolved;
  const isWhole = tag === FLOAT && resolved.kind === 'integer';
  return isWhole ? { kind: 'float', value: Number(resolved.value) } : undefined;
}

/**
 * A scalar as a key of JSON. @returns undefined for what cannot be one: null, numbers beyond 64
 * bits
 */
export function keyText(resolved: Resolved): string | undefined {
  switch (resolved.kind) {
    case 'text':
      return resolved.value;
    case 'boolean':
      return String(resolved.value);
    case 'integer':
      return resolved.value < 2n ** 63n ? String(resolved.value) : undefined;
    case 'float':
      return floatKey(resolved.value);
    case 'null':
      return undefined;
  }
}

function number(text: string): Resolved | undefined {
  if (text.startsWith('.')) {
    return DOTTED.test(text) ? float(text.replaceAll('_', '')) : undefined;
  }
  const plain = text.replaceAll('_', '');
  const whole = integer(plain);
  if (whole !== undefined && whole >= LEAST_INT64 && whole <= MAX_UINT64) {
    const value = Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
    return { kind: 'integer', value };
  }
  return FLOAT_TEXT.test(plain) ? float(plain) : undefined;
}

function integer(text: string): bigint | undefined {
  const [, oddSign = '', oddDigits] = ODD_BINARY.exec(text) ?? [];
  if (oddDigits !== undefined) return signed(oddSign, `0b${oddDigits}`);
  const [, sign = '', base = '', digits] = WHOLE.exec(text) ?? [];
  // What has more digits is beyond 64 bits, and would take long to read.
  if (digits === undefined || digits.length > 64) return undefined;
  return signed(sign, `${base === '0' ? '0o' : base.toLowerCase()}${digits}`);
}

function signed(sign: string, text: string): bigint | undefined {
  try {
    const value = BigInt(text);
    // Go takes no sign before a number that needs all of 64 bits.
    if (sign === '+' && value >= 2n ** 63n) return undefined;
    return sign === '-' ? -value : value;
  } catch {
    return undefined;
  }
}

/** Beyond what a double holds it is text. */
function float(text: string): Resolved | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? { kind: 'float', value } : undefined;
}

function binary(text: string): Resolved | undefined {
  const plain = text.replace(/[\r\n]/g, '');
  const bytes = Buffer.from(plain, 'base64');
  return bytes.toString('base64') === plain ? { kind: 'text', value: bytes.toString() } : undefined;
}

/**
 * As Go's strconv.FormatFloat(value, 'g', -1, 32): the fewest digits that a float of 32 bits needs.
 */
function floatKey(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  let digits = 1;
  while (Math.fround(Number(single.toPrecision(digits))) !== single) digits++;
  const [mantissa = '', exponent = ''] = single.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return Number(`${mantissa}e${exponent}`).toString();
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

function cased(...words: string[]): string[] {
  return words.flatMap((word) => [
    word,
    word.charAt(0).toUpperCase() + word.slice(1),
    word.toUpperCase(),
  ]);
}

function wordOf(value: boolean) {
  return (word: string): [string, Resolved] => [word, { kind: 'boolean', value }];
}

function floatOf(value: number) {
  return (word: string): [string, Resolved] => [word, { kind: 'float', value }];
}
