import type { Type } from '@nestjs/common';
import { validateSync } from 'class-validator';

/**
 * Reads the environment variables that a class declares as fields with initial values, into an
 * instance of it. A value for a field that starts as a number is read as a number; an empty
 * variable counts as not set.
 * @throws Error naming each variable that is wrong and what it takes, which stops the start
 */
export function readConfig<T extends object>(declaration: Type<T>): T {
  const config = given(declaration);
  refuse(wrongIn(config));
  return config;
}

/**
 * Checks the variables of several classes.
 * @throws Error naming all that are wrong, whichever class declares them
 */
export function checkConfigs(declarations: Iterable<Type<object>>): void {
  const wrong = new Set<string>();
  for (const declaration of declarations) {
    for (const line of wrongIn(given(declaration))) wrong.add(line);
  }
  refuse([...wrong]);
}

function given<T extends object>(declaration: Type<T>): T {
  const defaults = new declaration();
  const set = Object.entries(defaults).flatMap(([name, initial]) => {
    const value = process.env[name];
    if (value === undefined || value === '') return [];
    return [[name, typeof initial === 'number' ? Number(value) : value]];
  });
  return Object.assign(defaults, Object.fromEntries(set));
}

function wrongIn(config: object): string[] {
  return validateSync(config).map(({ property, constraints = {} }) => {
    const rules = new Set(Object.values(constraints));
    return `${property} ${[...rules].join(', ')}`;
  });
}

function refuse(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(`Bad configuration. ${wrong.join('. ')}.`);
}
