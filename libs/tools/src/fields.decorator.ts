import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import { ReadBy } from './input-fields.js';
import { textFormat, type TextFormat, type TextFormatName } from './text-formats.js';

interface FieldOptions<T> {
  /** For the model and for people. */
  description: string;
  /** May be left out, or given as null. Implied by a default. */
  optional?: boolean;
  default?: T;
}

interface TextFieldOptions extends FieldOptions<string> {
  /** The rule for the text; `free` text is never made into a program's argument or a path. */
  format: TextFormatName | 'free';
  /** Most characters of free text; 1,000,000 unless said. */
  maxLength?: number;
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

/**
 * A text parameter. Its length is checked first, as a pattern needs memory for every character and
 * ends with a RangeError without it.
 */
export function TextField(options: TextFieldOptions): PropertyDecorator {
  const format = options.format === 'free' ? undefined : textFormat(options.format);
  const { maxLength = 1_000_000 } = format ?? options;
  return field(
    options,
    { type: 'string', pattern: format?.pattern.source },
    (value) => {
      const text = typeof value === 'string' && format?.trims ? value.trim() : value;
      return text === '' && isOptional(options) ? options.default : text;
    },
    IsString({ message: 'must be text' }),
    // JSON can carry it, but UTF-8 cannot: it would become another character.
    ValidateBy(
      { name: 'isWellFormed', validator: { validate: isWellFormed } },
      { message: 'must be Unicode text: one half of a surrogate pair is no character' },
    ),
    MaxLength(maxLength, { message: `must have at most ${maxLength} characters` }),
    ...(format ? formatChecks(format) : []),
  );
}

function isWellFormed(value: unknown): boolean {
  return typeof value !== 'string' || value.isWellFormed();
}

function formatChecks({ pattern, means, maxItems, dotsIn }: TextFormat): PropertyDecorator[] {
  const isNoWayUp = (value: string) => !value.includes('..') || (dotsIn?.test(value) ?? false);
  const checks = [
    Matches(pattern, { message: `must be ${means}` }),
    ValidateBy(
      { name: 'dots', validator: { validate: isNoWayUp } },
      { message: 'must not contain ".."' },
    ),
  ];
  if (maxItems === undefined) return checks;
  const isShort = (value: string) => value.split(/[, ]+/).length <= maxItems;
  const message = `must not name more than ${maxItems}`;
  return [
    ...checks,
    ValidateBy({ name: 'maxItems', validator: { validate: isShort } }, { message }),
  ];
}

/** A whole number; digits as text, with blanks around or not, are accepted, as models send them. */
export function IntField(options: IntFieldOptions): PropertyDecorator {
  const { min, max } = options;
  // One that a double does not hold exactly would be another number.
  const { least, most } = {
    least: min ?? Number.MIN_SAFE_INTEGER,
    most: max ?? Number.MAX_SAFE_INTEGER,
  };
  return field(
    options,
    { type: 'integer', minimum: min, maximum: max },
    (value) => {
      if (typeof value === 'bigint') return Number(value);
      const word = wordOf(value);
      if (word === '' && isOptional(options)) return options.default;
      return word !== undefined && /^-?\d+$/.test(word) ? Number(word) : value;
    },
    IsInt({ message: 'must be an integer' }),
    Min(least, { message: `must be at least ${least}` }),
    Max(most, { message: `must be at most ${most}` }),
  );
}

/**
 * True or false; the usual words (yes, off, "1", ...), with blanks around or not, are accepted, as
 * models send them.
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
    IsBoolean({ message: 'must be true or false' }),
  );
}

/** One of some words, whatever its case and the space around it. */
export function ChoiceField(options: ChoiceFieldOptions): PropertyDecorator {
  return field(
    options,
    { type: 'string', enum: options.choices },
    (value) => {
      const word = wordOf(value);
      const isLeftOut = word === '' && isOptional(options) && !options.refuseBlank;
      return isLeftOut ? options.default : (word ?? value);
    },
    IsIn([...options.choices], { message: `must be one of ${options.choices.join(', ')}` }),
  );
}

/** A text in lower case, without the blanks around it; undefined for anything else. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim().toLowerCase() : undefined;
}

/**
 * The one shape of all fields: the published schema, null as "not given", the reading of the value,
 * then its checks.
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
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  const optional = isOptional(options);
  const given = Object.fromEntries(
    Object.entries({ ...schema, default: options.default }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return applyDecorators(
    ApiProperty({ ...given, description: options.description, required: !optional }),
    ReadBy((value) => (value === null || value === undefined ? options.default : read(value))),
    ...(optional ? [IsOptional()] : []),
    ...checks,
  );
}

function isOptional({ optional, default: value }: FieldOptions<unknown>): boolean {
  return optional === true || value !== undefined;
}
