import type { Type } from '@nestjs/common';
import { registerAs, type ConfigFactoryKeyHost } from '@nestjs/config';
import { readConfig } from './read-config.js';

const DECLARATION = Symbol('declaration');

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
  return factory;
}

/** The class that declares the variables of a configuration; undefined for any other value. */
export function declarationOf(factory: unknown): Type<object> | undefined {
  if (typeof factory !== 'function') return undefined;
  return Reflect.getMetadata(DECLARATION, factory) as Type<object> | undefined;
}
