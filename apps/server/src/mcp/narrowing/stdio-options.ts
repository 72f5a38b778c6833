import { parseArgs } from 'node:util';
import { nearestHint, nearestNames } from '#cluster';
import { cutName } from '#tools';
import { conditionsIn, OPTIONS, type GivenCondition, type Pairs } from './given-conditions.js';

const STDIO = '--stdio';
const NAMES = Object.values(OPTIONS.names);

/** The command line of a server that speaks over stdio. */
export interface StdioOptions {
  /** How its one connection is narrowed. */
  conditions: GivenCondition[];
}

/**
 * Reads a command line that serves. Undefined if it serves over HTTP.
 * @throws Error for an option that it does not know, and for conditions without `--stdio`
 */
export function stdioOptions(argv: readonly string[]): StdioOptions | undefined {
  if (argv.includes(STDIO)) return { conditions: conditionsIn(pairsOf(argv), OPTIONS) };
  const stray = argv.find((word) => NAMES.includes(word.split('=', 1)[0]!));
  if (stray === undefined) return undefined;
  throw new Error(
    `${stray} needs ${STDIO}. Over HTTP, each connection narrows itself: /mcp?read_only=true.`,
  );
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
    if (!NAMES.includes(name)) {
      const nearest = nearestHint(nearestNames(name, NAMES));
      throw new Error(
        `There is no option "${cutName(name)}".${nearest} With ${STDIO} there are ${NAMES.join(', ')}.`,
      );
    }
    if (value === undefined) {
      throw new Error(`${name} needs a list of names, such as ${name}=NAME,NAME.`);
    }
    return [[name, value]];
  });
}
