import {
  ANYBODY,
  auditCommand,
  auditConfig,
  auditFromDatabase,
  authenticationConfig,
  LOOPBACK,
  policyCommand,
  policyConfig,
  runKeyCommand,
} from '#access';
import { isHelp } from '#base';
import { storeConfig } from '#store';
import { checkSettings, ToolRegistry } from '#tools';
import { checkCommand } from '../check/check-command.js';
import { ServerLogger } from '../logging/server.logger.js';
import { withDomains } from '../domains/domains.module.js';
import { toolsCommand } from './tools-command.js';

/** Something that the program does besides serving. */
export interface Command {
  /** A sentence about it. */
  summary: string;
  /** Does what its words ask for. Gives an exit code. */
  run: (argv: string[]) => number | Promise<number>;
}

/** By the first word. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  [
    'check',
    { run: checkCommand, summary: 'Says what works here and what does not, and what to do.' },
  ],
  ['tools', { run: toolsCommand, summary: 'Lists the tools, and shows what one of them takes.' }],
  ['key', { run: key, summary: 'Makes, lists and revokes API keys.' }],
  ['policy', { run: policy, summary: 'Checks a policy, and explains what it allows.' }],
  ['audit', { run: audit, summary: 'Verifies the record of what was done, and prints it.' }],
]);

/** Help is given whatever the settings are. */
function checkSettingsFor(argv: readonly string[]): void {
  if (!argv.some(isHelp)) checkSettings();
}

function key(argv: string[]): number {
  checkSettingsFor(argv);
  const { apiKeys, stateFolder } = authenticationConfig();
  return runKeyCommand(argv, { ...apiKeys, stateFolder }, process);
}

async function audit(argv: string[]): Promise<number> {
  checkSettingsFor(argv);
  const { keyFile } = auditConfig();
  const opened = auditFromDatabase(storeConfig());
  try {
    return await auditCommand(argv, {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      record: opened.record,
      keyFile,
    });
  } finally {
    await opened.close();
  }
}

function policy(argv: string[]): Promise<number> {
  checkSettingsFor(argv);
  const { isOff } = authenticationConfig();
  return withDomains(new ServerLogger(), (app) =>
    policyCommand({
      argv,
      out: process.stdout,
      tools: app.get(ToolRegistry).list(),
      defaultSource: policyConfig().file,
      localPrincipal: isOff ? ANYBODY.id : LOOPBACK.id,
    }),
  );
}
