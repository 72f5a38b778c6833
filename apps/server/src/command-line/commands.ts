import { NestFactory } from '@nestjs/core';
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
  type AuthenticationConfig,
} from '#access';
import { storeConfig } from '#store';
import { ToolRegistry } from '#tools';
import { AppModule } from '../app.module.js';
import { ServerLogger } from '../logging/server.logger.js';

/** Does what its words ask for. Gives an exit code. */
export type Command = (argv: string[]) => number | Promise<number>;

/** What the program does besides serving, by its first word, with a sentence about it. */
export const COMMANDS: ReadonlyMap<string, { run: Command; summary: string }> = new Map([
  ['key', { run: key, summary: 'Makes, lists and removes API keys.' }],
  ['policy', { run: policy, summary: 'Checks a policy, and explains what it allows.' }],
  ['audit', { run: audit, summary: 'Verifies the record of what was done, and prints it.' }],
]);

function key(argv: string[]): number {
  const { apiKeys, stateFolder } = authenticationConfig();
  return runKeyCommand(argv, { ...apiKeys, stateFolder }, process);
}

async function audit(argv: string[]): Promise<number> {
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

async function policy(argv: string[]): Promise<number> {
  const { file } = policyConfig();
  // The modules declare the tools that a policy names. Their start must not fail for that policy.
  Object.assign(process.env, {
    EXECUTIONS_FILE: ':memory:',
    DATABASE_URL: '',
    POLICY_FILE: 'admin',
  });
  const app = await NestFactory.createApplicationContext(AppModule, {
    logger: new ServerLogger(),
    abortOnError: false,
  });
  try {
    const { isOff } = app.get<AuthenticationConfig>(authenticationConfig.KEY);
    return await policyCommand({
      argv,
      out: process.stdout,
      tools: app.get(ToolRegistry).list(),
      defaultSource: file,
      localPrincipal: isOff ? ANYBODY.id : LOOPBACK.id,
    });
  } finally {
    await app.close();
  }
}
