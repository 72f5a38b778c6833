import type { Type } from '@nestjs/common';

/** How a field decorator reads and checks a value, and who needs its description. */
export interface FieldRules {
  /** Whether models do without its description. */
  readonly isObvious: boolean;
  /** Converts what a caller sent for the field, possibly undefined, into its value. */
  readonly read: (sent: unknown) => unknown;
  /** What is wrong with a value, in words. Undefined if nothing is. */
  readonly check: (value: unknown) => string | undefined;
}

/** One parameter as a DTO class declares it. */
export interface InputField extends FieldRules {
  readonly name: string;
}

const RULES = Symbol('rules');

/** Records the rules of a field. */
export function HasRules(rules: FieldRules): PropertyDecorator {
  return (target, property) => Reflect.defineMetadata(RULES, rules, target, property);
}

/**
 * The rules of a DTO class's fields.
 * @throws Error that names a field which no field decorator declares
 */
export function inputFields(type: Type<object>, names: readonly string[]): InputField[] {
  return names.map((name) => {
    const rules = Reflect.getMetadata(RULES, type.prototype, name) as FieldRules | undefined;
    if (!rules) throw new Error(`${type.name}.${name} is declared by no field decorator.`);
    return { name, ...rules };
  });
}
