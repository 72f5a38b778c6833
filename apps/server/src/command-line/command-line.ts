import { isHelp, nearestHint, nearestNames, UsageError } from '#base';
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
 * @throws UsageError for a command or an option that there is not
 */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const [word = SERVE, ...rest] = argv;
  const known = COMMANDS.get(word);
  if (known) return { asks: 'command', command: known, argv: rest };
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
       skyflo-mcp COMMAND [options]
       skyflo-mcp COMMAND --help

Commands
  serve    Serves REST and MCP over HTTP, or MCP over stdio. This is the default.
${commands.join('')}
Options of serve
  --stdio                  Speak MCP over standard input and output.
  --categories=NAME,NAME   With --stdio: list only the tools of these categories.
  --read-only              With --stdio: list only tools that read.
  --tools=NAME,NAME        With --stdio: list only these tools.

Options of every command
  --config FILE            Read settings from a YAML or JSON file.
  -h, --help
  -v, --version

Settings are environment variables, such as PORT, HOST and KUBECONFIG, or keys of the
file of --config or CONFIG_FILE. The environment goes first.

Exit codes
  0  all right    1  something failed    2  a wrong command line

Documents  https://github.com/skyflo-ai/skyflo#readme
Issues     https://github.com/skyflo-ai/skyflo/issues
`;
}

function unknownCommand(word: string): Error {
  const nearest = nearestHint(nearestNames(word, [SERVE, ...COMMANDS.keys()]));
  return new UsageError(
    `There is no command "${cutName(word)}".${nearest} skyflo-mcp --help lists them.`,
  );
}
