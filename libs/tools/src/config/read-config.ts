import type { Type } from '@nestjs/common';
import { validateSync } from 'class-validator';

/**
 * Reads the environment variables that a class declares as fields with initial values, into an
 * instance of it. A value for a field that starts as a number is read as a number; an empty
 * variable counts as not set.
 * @throws Error naming each variable that is wrong and why, which stops the start
 */
export function readConfig<T extends object>(declaration: Type<T>): T {
  const defaults = new declaration();
  const given = Object.entries(defaults).flatMap(([name, initial]) => {
    const value = process.env[name];
    if (value === undefined || value === '') return [];
    return [[name, typeof initial === 'number' ? Number(value) : value]];
  });
  const config: T = Object.assign(defaults, Object.fromEntries(given));
  const wrong = validateSync(config).map(
    ({ property, constraints = {} }) => `${property}: ${Object.values(constraints).join(', ')}`,
  );
  if (wrong.length > 0) throw new Error(`Bad configuration. ${wrong.join('. ')}.`);
  return config;
}
