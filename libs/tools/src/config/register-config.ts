import type { Type } from '@nestjs/common';
import { registerAs, type ConfigFactoryKeyHost } from '@nestjs/config';
import { checkConfigs, faultsIn, readConfig } from './read-config.js';
import { settingsOf, type Setting } from './setting.decorator.js';

const DECLARATION = Symbol('declaration');

/** The classes of all configurations of this program. */
const declarations = new Set<Type<object>>();

/**
 * A configuration for Nest (`registerAs`) that is read from the environment and the configuration
 * file.
 * @param declaration a class whose fields are the settings, each with a decorator such as
 * `IntSetting` and an initial value
 * @param read makes the configuration from the settings
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
 * Checks the settings of all configurations, so that whoever starts the program hears of all
 * mistakes at once.
 * @throws Error naming each setting that is wrong and what it takes
 */
export function checkSettings(): void {
  checkConfigs(declarations);
}

/** All that is wrong with the settings, each as a sentence without its end. */
export function settingFaults(): string[] {
  return faultsIn(declarations);
}

/** Every setting, by its name. */
export function allSettings(): Setting[] {
  const settings = [...declarations].flatMap(settingsOf);
  return [...new Map(settings.map((setting) => [setting.name, setting])).values()];
}

/** The class that declares the settings of a configuration; undefined for any other value. */
export function declarationOf(factory: unknown): Type<object> | undefined {
  if (typeof factory !== 'function') return undefined;
  return Reflect.getMetadata(DECLARATION, factory) as Type<object> | undefined;
}
