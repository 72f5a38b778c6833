import type { Type } from '@nestjs/common';
import { registerAs, type ConfigFactoryKeyHost } from '@nestjs/config';
import { checkConfigs, readConfig } from './read-config.js';

const DECLARATION = Symbol('declaration');

/** The classes of all configurations of this program. */
const declarations = new Set<Type<object>>();

/**
 * A configuration for Nest (`registerAs`) that is read from environment variables.
 * @param declaration a class whose fields are the variables, each with a decorator such as
 * `IntSetting` and an initial value
 * @param read makes the configuration from the variables
 */
export function registerConfig<Environment extends object, Config extends object>(
  name: string,
  declaration: Type<Environment>,
  read: (environment: Environment) => Config,
): (() => Config) & ConfigFactoryKeyHost<Config> {
  const factory = registerAs<Record<string, unknown>, () => Config>(name, () =>
    read(readConfig(declaration)),
  );
  Reflect.defineMetadata(DECLARATION, declaration, factory);
  declarations.add(declaration);
  return factory;
}

/**
 * Checks the variables of all configurations, so that whoever starts the program hears of all
 * mistakes at once.
 * @throws Error naming each variable that is wrong and what it takes
 */
export function checkSettings(): void {
  checkConfigs(declarations);
}

/** The class that declares the variables of a configuration; undefined for any other value. */
export function declarationOf(factory: unknown): Type<object> | undefined {
  if (typeof factory !== 'function') return undefined;
  return Reflect.getMetadata(DECLARATION, factory) as Type<object> | undefined;
}
