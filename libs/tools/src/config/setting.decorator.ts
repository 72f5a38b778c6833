import { applyDecorators, type Type } from '@nestjs/common';
import { IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';

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

/** A whole number. */
export function IntSetting({ min, max, ...options }: IntSettingOptions): PropertyDecorator {
  const checks = [IsInt(), Min(min), ...(max === undefined ? [] : [Max(max)])];
  const accepts = max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return applyDecorators(...checks, withFacts({ ...options, accepts }));
}

/** A text; its initial value is "" where it may be left out. */
export function TextSetting({ format, ...options }: TextSettingOptions): PropertyDecorator {
  const check = format
    ? Matches(format.pattern, { message: `must be ${format.means}` })
    : IsString();
  return applyDecorators(check, withFacts({ ...options, accepts: format?.means ?? 'text' }));
}

/** One of some words; its initial value is one of them, or "" where it may be left out. */
export function ChoiceSetting({ choices, ...options }: ChoiceSettingOptions): PropertyDecorator {
  const check = IsIn(['', ...choices], { message: `must be one of ${choices.join(', ')}` });
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
