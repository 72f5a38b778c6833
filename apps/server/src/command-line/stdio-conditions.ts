import { parseArgs } from 'node:util';
import { nearestHint, nearestNames, UsageError } from '#base';
import { cutName } from '#tools';
import {
  conditionsIn,
  OPTIONS,
  type GivenCondition,
  type Pairs,
} from '../mcp/narrowing/given-conditions.js';

const STDIO = '--stdio';
const CONDITIONS = Object.values(OPTIONS.names);
const ALL = [STDIO, ...CONDITIONS, '--config', '--help', '--version'];

/**
 * Reads the options of a server: how the one connection of a server over stdio is narrowed.
 * Undefined if it serves over HTTP.
 * @throws UsageError for an option that it does not know, and for conditions without `--stdio`
 */
export function stdioConditions(argv: readonly string[]): GivenCondition[] | undefined {
  const isStdio = argv.includes(STDIO);
  const stray = argv.find((word) => CONDITIONS.includes(word.split('=', 1)[0]!));
  if (!isStdio && stray !== undefined) {
    throw new UsageError(
      `${stray} needs ${STDIO}. Over HTTP, each connection narrows itself: /mcp?read_only=true.`,
    );
  }
  const conditions = conditionsIn(pairsOf(argv), OPTIONS);
  return isStdio ? conditions : undefined;
}

function pairsOf(argv: readonly string[]): Pairs {
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      stdio: { type: 'boolean' },
      categories: { type: 'string' },
      // It may stand alone, which a text may not.
      'read-only': { type: 'boolean' },
      tools: { type: 'string' },
    },
    strict: false,
    tokens: true,
  });
  return tokens.flatMap((token): Pairs => {
    const name = token.kind === 'option' ? token.rawName : argv[token.index]!;
    const value = token.kind === 'option' ? token.value : undefined;
    if (name === STDIO) return [];
    if (name === OPTIONS.names.read_only) return [[name, value ?? 'true']];
    if (!CONDITIONS.includes(name)) throw unknownOption(name);
    if (value === undefined) {
      throw new UsageError(`${name} needs a list of names, such as ${name}=NAME,NAME.`);
    }
    return [[name, value]];
  });
}

function unknownOption(name: string): Error {
  const nearest = nearestHint(nearestNames(name, ALL));
  return new UsageError(
    `There is no option "${cutName(name)}".${nearest} skyflo-mcp --help lists them.`,
  );
}
