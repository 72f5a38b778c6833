import { applyDecorators, type Type } from '@nestjs/common';
import { IsIn, IsInt, Matches, Max, Min, type ValidationArguments } from 'class-validator';
import { cutName } from '../cut-name.js';
import type { FileValueType } from './config-file.js';
import { givenValue } from './given-values.js';

interface SettingOptions {
  /** What it is for, in Markdown. */
  description: string;
  /** What holds while it is not set, in Markdown, where the initial value does not say it. */
  otherwise?: string;
}

interface IntSettingOptions extends SettingOptions {
  min: number;
  max?: number;
}

interface TextSettingOptions extends SettingOptions {
  /** The rule for the text, and the rule in words. */
  format?: { pattern: RegExp; means: string };
  /** Whether it is a list, joined by commas. */
  isList?: boolean;
  /** Whether it may hold a credential, and so is never shown. */
  isSecret?: boolean;
}

interface ChoiceSettingOptions extends SettingOptions {
  choices: readonly string[];
}

/** A setting as the page of all settings shows it; texts are Markdown. */
export interface Setting {
  name: string;
  description: string;
  /** The values that it takes. */
  accepts: string;
  /** Empty if nothing holds while it is not set. */
  default: string;
  /** The JSON Schema of its value in a configuration file. */
  schema: Readonly<Record<string, unknown>>;
}

type Facts = Omit<Setting, 'name' | 'default'> &
  Pick<SettingOptions, 'otherwise'> & {
    /** What it may be in a configuration file, the usual type first. */
    types: readonly FileValueType[];
  };

const FACTS = Symbol('setting');

/** A text that is a number is nearly always meant for another variable. */
const NO_NUMBER = /^(?!\d+$)/;

/** A whole number. */
export function IntSetting({ min, max, ...options }: IntSettingOptions): PropertyDecorator {
  const accepts = max === undefined ? `at least ${min}` : `${min} to ${max}`;
  const message = ({ property }: ValidationArguments) =>
    `must be a whole number, ${accepts}, not "${shown(property)}"`;
  const limits =
    max === undefined ? [Min(min, { message })] : [Min(min, { message }), Max(max, { message })];
  const schema = { type: 'integer', minimum: min, ...(max !== undefined && { maximum: max }) };
  const facts: Facts = { ...options, accepts, schema, types: ['a number'] };
  return applyDecorators(IsInt({ message }), ...limits, withFacts(facts));
}

/** A text; its initial value is "" where it may be left out. */
export function TextSetting(options: TextSettingOptions): PropertyDecorator {
  const { format, isList = false, isSecret = false, ...rest } = options;
  const { pattern, means } = format ?? { pattern: NO_NUMBER, means: 'text' };
  const message = ({ property }: ValidationArguments) => {
    if (!format) return 'must be text, not a number';
    return `must be ${means}${isSecret ? '' : `, not "${shown(property)}"`}`;
  };
  const list = { type: 'array', items: { type: 'string' } };
  const facts: Facts = {
    ...rest,
    accepts: means,
    schema: isList ? { anyOf: [list, { type: 'string' }] } : { type: 'string' },
    types: isList ? ['a list', 'text'] : ['text'],
  };
  return applyDecorators(Matches(pattern, { message }), withFacts(facts));
}

/** One of some words; its initial value is one of them, or "" where it may be left out. */
export function ChoiceSetting({ choices, ...options }: ChoiceSettingOptions): PropertyDecorator {
  const message = ({ value }: ValidationArguments) =>
    `must be one of ${choices.join(', ')}, not "${String(value)}"`;
  const check = IsIn(['', ...choices], { message });
  const accepts = choices.map((choice) => `\`${choice}\``).join(', ');
  const schema = { type: 'string', enum: choices };
  return applyDecorators(check, withFacts({ ...options, accepts, schema, types: ['text'] }));
}

/**
 * The environment variables that a class declares, in its order.
 * @throws Error for a field that has none of the decorators above
 */
export function settingsOf(declaration: Type<object>): Setting[] {
  return Object.entries(new declaration()).map(([name, initial]) => {
    const { description, accepts, otherwise, schema } = factsOf(declaration, name);
    const isSet = initial !== '';
    return {
      name,
      description,
      accepts,
      default: otherwise ?? (isSet ? `\`${initial}\`` : ''),
      schema: isSet ? { ...schema, default: initial as unknown } : schema,
    };
  });
}

/** What is wrong with the type of a value in a configuration file; undefined if it is right. */
export function typeFault(
  declaration: Type<object>,
  name: string,
  type: FileValueType | undefined,
): string | undefined {
  if (type === undefined) return undefined;
  const { types, accepts } = factsOf(declaration, name);
  if (types.includes(type)) return undefined;
  if (type === 'empty') return 'has no value: leave it out, or give it one';
  const given = type === 'text' ? `the text "${shown(name)}"` : type;
  const wanted = types[0] === 'a number' ? `a whole number, ${accepts}` : types.join(' or ');
  return `must be ${wanted}, not ${given}`;
}

function factsOf(declaration: Type<object>, name: string): Facts {
  const facts = Reflect.getMetadata(FACTS, declaration.prototype as object, name) as
    Facts | undefined;
  if (!facts) throw new Error(`${declaration.name}.${name} is not declared as a setting.`);
  return facts;
}

/** The value of a setting as messages show it. A URL with a user in it may have a password. */
function shown(name: string): string {
  const text = givenValue(name)?.text ?? '';
  return cutName(text.replace(/:\/\/.*@/, '://***@'));
}

function withFacts(facts: Facts): PropertyDecorator {
  return Reflect.metadata(FACTS, facts);
}
