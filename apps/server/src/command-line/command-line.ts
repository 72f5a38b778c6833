import { isHelp } from '#base';
import { nearestHint, nearestNames } from '#cluster';
import { cutName } from '#tools';
import type { GivenCondition } from '../mcp/narrowing/given-conditions.js';
import { COMMANDS, type Command } from './commands.js';
import { stdioConditions } from './stdio-conditions.js';

/** What a command line asks for. */
export type CommandLine =
  | { asks: 'help' }
  | { asks: 'version' }
  | { asks: 'command'; command: Command; argv: string[] }
  /** Over stdio if there are conditions, even if the list of them is empty. */
  | { asks: 'serve'; stdio: GivenCondition[] | undefined };

const SERVE = 'serve';

/**
 * Reads the words after the program's name.
 * @throws Error for a command or an option that there is not
 */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const [word = SERVE, ...rest] = argv;
  const known = COMMANDS.get(word);
  if (known) return { asks: 'command', command: known.run, argv: rest };
  if (argv.some(isHelp)) return { asks: 'help' };
  if (argv.includes('--version') || argv.includes('-v')) return { asks: 'version' };
  if (!word.startsWith('-') && word !== SERVE) throw unknownCommand(word);
  return { asks: SERVE, stdio: stdioConditions(word === SERVE ? rest : argv) };
}

/** What `--help` prints. */
export function helpText(): string {
  const commands = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}\n`);
  return `Kubernetes, Argo Rollouts and Helm as tools for agents, over REST and MCP.

Usage: skyflo-mcp [serve] [options]
       skyflo-mcp COMMAND --help

Commands
  serve    Serves REST and MCP over HTTP, or MCP over stdio. This is the default.
${commands.join('')}
Options of serve
  --stdio                  Speak MCP over standard input and output.
  --categories=NAME,NAME   With --stdio: list only the tools of these categories.
  --read-only              With --stdio: list only tools that read.
  --tools=NAME,NAME        With --stdio: list only these tools.

Other options
  -h, --help
  -v, --version

Settings are environment variables, such as PORT, HOST and KUBECONFIG.

Documents  https://github.com/skyflo-ai/skyflo#readme
Issues     https://github.com/skyflo-ai/skyflo/issues
`;
}

function unknownCommand(word: string): Error {
  const nearest = nearestHint(nearestNames(word, [SERVE, ...COMMANDS.keys()]));
  return new Error(
    `There is no command "${cutName(word)}".${nearest} skyflo-mcp --help lists them.`,
  );
}
