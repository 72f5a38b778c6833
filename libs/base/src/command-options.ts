import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearestHint, nearestNames } from './nearest-names.js';

/** A command line that asks for something that there is not. */
export class UsageError extends Error {}

/**
 * Reads the words of a command as `parseArgs` does.
 * @throws UsageError for a wrong option, with the nearest that there is
 */
export function readOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw new UsageError(message);
    const [, name = ''] = /'(-[^']*)'/.exec(message) ?? [];
    const known = Object.keys(config.options ?? {}).map((option) => `--${option}`);
    const nearest = nearestHint(nearestNames(name, [...known, '--help']));
    throw new UsageError(`There is no option "${name}".${nearest}`);
  }
}
