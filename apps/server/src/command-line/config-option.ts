import { UsageError } from '#base';

const OPTION = '--config';

/**
 * Takes `--config FILE` out of a command line, wherever it stands.
 * @throws UsageError for one without a file
 */
export function takeConfigOption(argv: readonly string[]): { file?: string; rest: string[] } {
  const at = argv.findIndex((word) => word === OPTION || word.startsWith(`${OPTION}=`));
  if (at < 0) return { rest: [...argv] };
  const isSeparate = argv[at] === OPTION;
  const file = isSeparate ? argv[at + 1] : argv[at]!.slice(OPTION.length + 1);
  if (!file || (isSeparate && file.startsWith('-'))) {
    throw new UsageError(`${OPTION} needs a file, such as ${OPTION} skyflo-mcp.yaml.`);
  }
  const rest = argv.toSpliced(at, isSeparate ? 2 : 1);
  if (rest.some((word) => word.startsWith(OPTION))) {
    throw new UsageError(`${OPTION} can be given once.`);
  }
  return { file, rest };
}
