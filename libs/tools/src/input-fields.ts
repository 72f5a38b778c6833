import type { Type } from '@nestjs/common';
import { getMetadataStorage, type ValidationArguments } from 'class-validator';

/** Makes what a caller sent for a field, or undefined, into the field's value. */
type Read = (sent: unknown) => unknown;

/** One parameter as a DTO class declares it. */
export interface InputField {
  readonly name: string;
  readonly read: Read;
  /** What is wrong with a value, in words; undefined if nothing is. */
  readonly check: (value: unknown) => string | undefined;
}

const READ = Symbol('read');

/** Says how a field's value is read, before its checks. */
export function ReadBy(read: Read): PropertyDecorator {
  return (target, property) => Reflect.defineMetadata(READ, read, target, property);
}

/**
 * Collects the rules of a DTO class's fields once. class-validator's own validators look them up
 * anew for every object, which takes longer than the checks.
 */
export function inputFields(type: Type<object>, names: readonly string[]): InputField[] {
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(type, '', false, false);
  return names.map((name) => {
    const ownRules = rules.filter(({ propertyName }) => propertyName === name);
    const isOptional = ownRules.some((rule) => rule.type === 'conditionalValidation');
    const checks = ownRules.flatMap((rule) => {
      const args = { constraints: rule.constraints, property: name } as ValidationArguments;
      return storage.getTargetValidatorConstraints(rule.constraintCls).map(({ instance }) => ({
        passes: (value: unknown) => instance.validate(value, args),
        message: rule.message as string,
      }));
    });
    return {
      name,
      read: Reflect.getMetadata(READ, type.prototype, name) as Read,
      check: (value) =>
        isOptional && value === undefined
          ? undefined
          : checks.find(({ passes }) => !passes(value))?.message,
    };
  });
}
