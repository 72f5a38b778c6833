import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { BooleanField, ChoiceField, IntField, TextField } from './fields.decorator.js';
import { inputClass, inputSchemaOf } from './input-schema.js';
import { DNS_LABEL, NAME, UUID, type TextFormat } from './text-format.js';
import { ToolError } from './tool.error.js';
import { readInput } from './tool-input.js';

/** A list of words, around which there may be blanks. */
const WORDS: TextFormat = {
  pattern: /^[a-z]+([, ]+[a-z.]+)*$/,
  means: 'words',
  maxLength: 1_000,
  maxItems: 100,
  trims: true,
  dotsIn: /,/,
};

/** Reads a value as a field that a decorator declares. */
function read(value: unknown, decorator: PropertyDecorator): unknown {
  class OneDto {
    @decorator
    value!: unknown;
  }
  const input = inputClass(OneDto);
  const [dto] = readInput('demo', [input], inputSchemaOf('demo', [input]).properties, { value });
  return (dto as OneDto).value;
}

const text = (format: TextFormat) => TextField({ description: 'A text.', format });

/** What a refusal says of the field. */
function refusal(value: unknown, decorator: PropertyDecorator): string | undefined {
  try {
    read(value, decorator);
  } catch (error) {
    if (error instanceof ToolError) return error.errors?.[0]?.message;
    throw error;
  }
  return undefined;
}

describe('TextField', () => {
  it.each([NAME, DNS_LABEL, UUID, WORDS])(
    'refuses texts of millions of characters: %j',
    (format) => {
      expect(refusal('a'.repeat(2_000_000), text(format))).toBe(
        `must have at most ${format.maxLength} characters`,
      );
    },
  );

  it('takes as many of a list as its format says, and no more', () => {
    const list = (count: number) => Array.from({ length: count }, () => 'a').join();
    expect(read(list(100), text(WORDS))).toBe(list(100));
    expect(refusal(list(101), text(WORDS))).toBe('must not name more than 100');
  });

  it('takes ".." only where its format says so', () => {
    expect(refusal('a..b', text(NAME))).toBe('must not contain ".."');
    expect(read('a,b..c', text(WORDS))).toBe('a,b..c');
  });
});

describe('TextField of any text', () => {
  const free = TextField({ description: 'A text.', format: 'free' });

  it.each(['\ud800', 'a\udfff', '\ude00\ud83d'])(
    'refuses half of a surrogate pair: %j',
    (value) => {
      expect(refusal(value, free)).toMatch(/half of a surrogate pair/);
    },
  );

  it('takes every character of Unicode', () => {
    const value = '\0\x7f\x85\u2028\ufeff\uffff\u{1f600}';
    expect(read(value, free)).toBe(value);
  });
});

describe(IntField.name, () => {
  const number = IntField({ description: 'A number.' });

  it.each([9007199254740991, '9007199254740991', -5, '0'])('takes %j', (value) => {
    expect(read(value, number)).toBe(Number(value));
  });

  it.each([
    [9007199254740993n, 'must be at most 9007199254740991'],
    ['9007199254740993', 'must be at most 9007199254740991'],
    [1e300, 'must be at most 9007199254740991'],
    [-9223372036854775808n, 'must be at least -9007199254740991'],
  ])('refuses %s, which would become another number', (value, message) => {
    expect(refusal(value, number)).toBe(message);
  });

  it('says the limits of its own', () => {
    const few = IntField({ description: 'A number.', min: 1, max: 500 });
    expect(refusal(9223372036854775807n, few)).toBe('must be at most 500');
    expect(refusal('-9223372036854775808', few)).toBe('must be at least 1');
  });
});

describe('a blank text', () => {
  const description = 'A field.';
  const choices = ['cpu', 'memory'];

  it.each([
    ['a boolean', BooleanField({ description, optional: true }), undefined],
    ['a boolean with a default', BooleanField({ description, default: true }), true],
    ['an integer', IntField({ description, optional: true, min: 1 }), undefined],
    ['an integer with a default', IntField({ description, default: 50, min: 1 }), 50],
    ['a choice', ChoiceField({ description, optional: true, choices }), undefined],
    ['a choice with a default', ChoiceField({ description, default: 'cpu', choices }), 'cpu'],
    ['words', TextField({ description, optional: true, format: WORDS }), undefined],
  ])('is as good as none for %s', (_, decorator, expected) => {
    for (const blank of ['', ' ', '\t\n']) expect(read(blank, decorator)).toBe(expected);
  });

  it.each([
    ['a boolean', BooleanField({ description })],
    ['an integer', IntField({ description })],
    ['a choice', ChoiceField({ description, choices })],
    ['words', TextField({ description, format: WORDS })],
    [
      'a choice that says so',
      ChoiceField({ description, choices, optional: true, refuseBlank: true }),
    ],
  ])('is refused where it is required: %s', (_, decorator) => {
    expect(refusal('', decorator)).toMatch(/^must be/);
    expect(refusal(' ', decorator)).toMatch(/^must be/);
  });
});

describe('blanks around a value', () => {
  const description = 'A field.';

  it.each([
    [' 3', IntField({ description }), 3],
    ['-3\n', IntField({ description }), -3],
    [' Yes ', BooleanField({ description }), true],
    ['\toff', BooleanField({ description }), false],
    [' CPU ', ChoiceField({ description, choices: ['cpu'] }), 'cpu'],
    [' a, b\n', TextField({ description, format: WORDS }), 'a, b'],
  ])('mean nothing: %j', (value, decorator, expected) => {
    expect(read(value, decorator)).toBe(expected);
  });

  it.each(['3 4', '- 3', '+3', '3.0.0', '0x10'])('make no integer of %s', (value) => {
    expect(refusal(value, IntField({ description }))).toBe('must be an integer');
  });
});

describe('BooleanField and IntField', () => {
  const deep: unknown = JSON.parse('['.repeat(9_000) + ']'.repeat(9_000));

  it.each([
    ['an object with a toString of its own', { toString: 1 }],
    ['an object without a primitive value', { valueOf: 1, toString: 1 }],
    ['a list of such objects', [{ toString: 1 }]],
    ['a list that is nested deeply', deep],
    ['a number beyond all', Infinity],
    ['digits without end', '9'.repeat(4_000_000)],
    ['a word without end', 'true'.repeat(1_000_000)],
  ])('refuse %s', (_, value) => {
    const boolean = BooleanField({ description: 'A choice.' });
    expect(refusal(value, boolean)).toBe('must be true or false');
    expect(refusal(value, IntField({ description: 'A number.' }))).toBe('must be an integer');
  });
});

describe(readInput.name, () => {
  it('names ten of the parameters that there are not', () => {
    const strays = Object.fromEntries(
      Array.from({ length: 300_000 }, (_, index) => [`${'x'.repeat(200)}${index}`, 1]),
    );
    const tooMany = () => readInput('demo', [], {}, strays);
    expect(tooMany).toThrow(
      expect.objectContaining({ errors: Array.from({ length: 10 }, () => expect.any(Object)) }),
    );
    expect(tooMany).toThrow(/^.{0,2000}$/);
  });
});
