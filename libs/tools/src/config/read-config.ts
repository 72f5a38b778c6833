import type { Type } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { nearestHint, nearestNames } from '#base';
import { cutName } from '../cut-name.js';
import { givenValue, isOfPlatform, namesInFile } from './given-values.js';
import { typeFault } from './setting.decorator.js';

/**
 * Reads the settings that a class declares as fields with initial values, into an instance of it.
 * A value for a field that starts as a number is read as a number; an empty one counts as not set.
 * @throws Error naming each setting that is wrong and what it takes, which stops the start
 */
export function readConfig<T extends object>(declaration: Type<T>): T {
  refuse(wrongIn(declaration));
  return given(declaration);
}

/**
 * Checks the settings of several classes, and that the configuration file has no others.
 * @throws Error naming all that are wrong, whichever class declares them
 */
export function checkConfigs(declarations: Iterable<Type<object>>): void {
  refuse(faultsIn(declarations));
}

/** All that is wrong with the settings of several classes, each as a sentence without its end. */
export function faultsIn(declarations: Iterable<Type<object>>): string[] {
  const all = [...declarations];
  const names = all.flatMap((declaration) => Object.keys(new declaration()));
  return [...new Set([...strangeNames(names), ...all.flatMap(wrongIn)])];
}

function given<T extends object>(declaration: Type<T>): T {
  const defaults = new declaration();
  const set = Object.entries(defaults).flatMap(([name, initial]) => {
    const value = givenValue(name);
    if (value === undefined) return [];
    return [[name, typeof initial === 'number' ? Number(value.text) : value.text]];
  });
  return Object.assign(defaults, Object.fromEntries(set));
}

function wrongIn(declaration: Type<object>): string[] {
  const config = given(declaration);
  const found = validateSync(config).map(
    ({ property, constraints = {} }) =>
      [property, [...new Set(Object.values(constraints))].join(', ')] as const,
  );
  const faults = new Map(found);
  return Object.keys(config).flatMap((name) => {
    const value = givenValue(name);
    const fault = typeFault(declaration, name, value?.type) ?? faults.get(name);
    return fault === undefined ? [] : [`${name} ${fault} (${value?.from})`];
  });
}

/** The keys of the configuration file that are no settings, or none of a file. */
function strangeNames(known: readonly string[]): string[] {
  const ofFiles = known.filter((name) => !isOfPlatform(name));
  return namesInFile().flatMap(({ name, place }) => {
    if (ofFiles.includes(name)) return [];
    if (isOfPlatform(name)) return [`${name} can only be set in the environment (${place})`];
    const [nearest] = nearestNames(name, ofFiles);
    const hint = nearest === undefined ? '' : nearestHint([nearest]).replace(/\.$/, '');
    return [`There is no setting "${cutName(name)}" (${place}).${hint}`.replace(/\.$/, '')];
  });
}

function refuse(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(`Bad configuration. ${wrong.join('. ')}.`);
}
