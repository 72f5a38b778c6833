import { applyDecorators, type Type } from '@nestjs/common';
import { IsIn, IsInt, Matches, Max, Min, type ValidationArguments } from 'class-validator';

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
}

interface ChoiceSettingOptions extends SettingOptions {
  choices: readonly string[];
}

/** An environment variable as the page of all settings shows it; texts are Markdown. */
export interface Setting {
  name: string;
  description: string;
  /** The values that it takes. */
  accepts: string;
  /** Empty if nothing holds while it is not set. */
  default: string;
}

type Facts = Omit<Setting, 'name' | 'default'> & Pick<SettingOptions, 'otherwise'>;

const FACTS = Symbol('setting');

/** A text that is a number is nearly always meant for another variable. */
const NO_NUMBER = /^(?!\d+$)/;

/** A whole number. */
export function IntSetting({ min, max, ...options }: IntSettingOptions): PropertyDecorator {
  const accepts = max === undefined ? `at least ${min}` : `${min} to ${max}`;
  const message = ({ property }: ValidationArguments) =>
    `must be a whole number, ${accepts}, not "${process.env[property]}"`;
  const limits =
    max === undefined ? [Min(min, { message })] : [Min(min, { message }), Max(max, { message })];
  return applyDecorators(IsInt({ message }), ...limits, withFacts({ ...options, accepts }));
}

/** A text; its initial value is "" where it may be left out. */
export function TextSetting({ format, ...options }: TextSettingOptions): PropertyDecorator {
  const { pattern, means } = format ?? { pattern: NO_NUMBER, means: 'text' };
  const not = format ? '' : ', not a number';
  const check = Matches(pattern, { message: `must be ${means}${not}` });
  return applyDecorators(check, withFacts({ ...options, accepts: means }));
}

/** One of some words; its initial value is one of them, or "" where it may be left out. */
export function ChoiceSetting({ choices, ...options }: ChoiceSettingOptions): PropertyDecorator {
  const message = ({ value }: ValidationArguments) =>
    `must be one of ${choices.join(', ')}, not "${String(value)}"`;
  const check = IsIn(['', ...choices], { message });
  const accepts = choices.map((choice) => `\`${choice}\``).join(', ');
  return applyDecorators(check, withFacts({ ...options, accepts }));
}

/**
 * The environment variables that a class declares, in its order.
 * @throws Error for a field that has none of the decorators above
 */
export function settingsOf(declaration: Type<object>): Setting[] {
  return Object.entries(new declaration()).map(([name, initial]) => {
    const facts = Reflect.getMetadata(FACTS, declaration.prototype as object, name) as
      Facts | undefined;
    if (!facts) throw new Error(`${declaration.name}.${name} is not declared as a setting.`);
    const { description, accepts, otherwise } = facts;
    const isSet = initial !== '';
    return { name, description, accepts, default: otherwise ?? (isSet ? `\`${initial}\`` : '') };
  });
}

function withFacts(facts: Facts): PropertyDecorator {
  return Reflect.metadata(FACTS, facts);
}
