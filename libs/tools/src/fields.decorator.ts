import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { isBoolean, isIn, isInt, isString, max, min } from 'class-validator';
import { HasRules } from './input-fields.js';
import { textFault, type TextFormat } from './text-format.js';

interface FieldOptions<T> {
  /** For the model and for people. */
  description: string;
  /** Its name, or what the tool says of itself, is enough for a model: MCP lists no description. */
  obvious?: boolean;
  /** May be left out, or given as null. Implied by a default. */
  optional?: boolean;
  default?: T;
}

interface TextFieldOptions extends FieldOptions<string> {
  /** The rule for the text. `free` text never becomes an argument of a program or a path. */
  format: TextFormat | 'free';
  /** Most characters of free text; 1,000,000 unless said. */
  maxLength?: number;
  /** All values that there are, as published. What uses the value refuses others. */
  values?: readonly string[];
}

interface IntFieldOptions extends FieldOptions<number> {
  min?: number;
  max?: number;
}

interface ChoiceFieldOptions extends FieldOptions<string> {
  /** In lower case. */
  choices: readonly string[];
  /** Refuses "" in an optional field, where it would otherwise count as not given. */
  refuseBlank?: boolean;
}

const TRUE_WORDS = new Set(['true', 'yes', 'on', '1']);
const FALSE_WORDS = new Set(['false', 'no', 'off', '0']);

/** Characters of free text, unless a field says otherwise. */
const MAX_FREE_LENGTH = 1_000_000;

/** A text parameter. */
export function TextField(options: TextFieldOptions): PropertyDecorator {
  const { maxLength = MAX_FREE_LENGTH } = options;
  const free: TextFormat = { pattern: /^/, means: 'text', maxLength, dotsIn: /^/ };
  const format = options.format === 'free' ? free : options.format;
  return field(
    options,
    {
      type: 'string',
      enum: options.values,
      pattern: format === free ? undefined : format.pattern.source,
    },
    (value) => {
      const text = typeof value === 'string' && format.trims ? value.trim() : value;
      return text === '' && isOptional(options) ? options.default : text;
    },
    (value) => {
      if (!isString(value)) return 'must be text';
      // JSON can carry it, but UTF-8 cannot: it would become another character.
      return value.isWellFormed()
        ? textFault(format, value)
        : 'must be Unicode text: one half of a surrogate pair is no character';
    },
  );
}

/**
 * A whole number. Digits as text are accepted too, with or without blanks around them, because
 * models send them.
 */
export function IntField(options: IntFieldOptions): PropertyDecorator {
  // Beyond these limits a double cannot hold every integer exactly.
  const { min: least = Number.MIN_SAFE_INTEGER, max: most = Number.MAX_SAFE_INTEGER } = options;
  return field(
    options,
    { type: 'integer', minimum: options.min, maximum: options.max },
    (value) => {
      if (typeof value === 'bigint') return Number(value);
      const word = wordOf(value);
      if (word === '' && isOptional(options)) return options.default;
      return word !== undefined && /^-?\d+$/.test(word) ? Number(word) : value;
    },
    (value) => {
      if (!isInt(value)) return 'must be an integer';
      if (!min(value, least)) return `must be at least ${least}`;
      return max(value, most) ? undefined : `must be at most ${most}`;
    },
  );
}

/**
 * True or false. The usual words (yes, off, "1", ...) are accepted too, with or without blanks
 * around them, because models send them.
 */
export function BooleanField(options: FieldOptions<boolean>): PropertyDecorator {
  return field(
    options,
    { type: 'boolean' },
    (value) => {
      const word = typeof value === 'number' ? String(value) : wordOf(value);
      if (word === undefined) return value;
      if (word === '' && isOptional(options)) return options.default;
      return TRUE_WORDS.has(word) ? true : FALSE_WORDS.has(word) ? false : value;
    },
    (value) => (isBoolean(value) ? undefined : 'must be true or false'),
  );
}

/** One of several words. Case and blanks around it do not matter. */
export function ChoiceField(options: ChoiceFieldOptions): PropertyDecorator {
  return field(
    options,
    { type: 'string', enum: options.choices },
    (value) => {
      const word = wordOf(value);
      const isLeftOut = word === '' && isOptional(options) && !options.refuseBlank;
      return isLeftOut ? options.default : (word ?? value);
    },
    (value) =>
      isIn(value, options.choices) ? undefined : `must be one of ${options.choices.join(', ')}`,
  );
}

/** A text in lower case, without the blanks around it; undefined for anything else. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim().toLowerCase() : undefined;
}

/**
 * What all fields have in common: the published schema, null as "not given", reading the value,
 * then checking it.
 */
function field(
  options: FieldOptions<unknown>,
  schema: {
    type: string;
    pattern?: string;
    minimum?: number;
    maximum?: number;
    enum?: readonly string[];
  },
  read: (value: unknown) => unknown,
  check: (value: unknown) => string | undefined,
): PropertyDecorator {
  const optional = isOptional(options);
  const given = Object.fromEntries(
    Object.entries({ ...schema, default: options.default }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return applyDecorators(
    ApiProperty({ ...given, description: options.description, required: !optional }),
    HasRules({
      isObvious: options.obvious === true,
      read: (value) => (value === null || value === undefined ? options.default : read(value)),
      check: (value) => (optional && value === undefined ? undefined : check(value)),
    }),
  );
}

function isOptional({ optional, default: value }: FieldOptions<unknown>): boolean {
  return optional === true || value !== undefined;
}
