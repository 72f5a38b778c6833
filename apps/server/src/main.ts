import { NestFactory } from '@nestjs/core';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import {
  auditConfig,
  authenticationConfig,
  Authenticator,
  refuseIdleSettings,
  refuseOpenAddress,
  type AuthenticationConfig,
} from '#access';
import { AppModule } from './app.module.js';
import { executionsConfig, type ExecutionsConfig } from '#executions';
import { prepareDatabase, storeConfig } from '#store';
import { closeWithApplication, otelConfig, OtelSdk } from '#telemetry';
import { isHelp, UsageError } from '#base';
import { checkSettings, readConfigFile, useConfigFile, VERSION } from '#tools';
import { helpText, readCommandLine, type CommandLine } from './command-line/command-line.js';
import { takeConfigOption } from './command-line/config-option.js';
import { createApp } from './create-app.js';
import { endOnSignals } from './end-on-signals.js';
import { listen } from './listen/listen.js';
import type { GivenCondition } from './mcp/narrowing/given-conditions.js';
import { serveStdio } from './mcp/stdio.js';
import { MetricsListener } from './metrics/metrics.listener.js';
import { giveMemoryBackWhenQuiet } from './quiet-memory.js';
import { serverConfig, type ServerConfig } from './server.config.js';
import { sendLogTo, ServerLogger } from './logging/server.logger.js';

/** What needs the settings. */
type RunningLine = Extract<CommandLine, { asks: 'command' | 'serve' }>;

async function main(): Promise<void> {
  const { file = process.env['CONFIG_FILE'], rest } = takeConfigOption(process.argv.slice(2));
  const line = readCommandLine(rest);
  if (line.asks === 'help') process.stdout.write(helpText());
  else if (line.asks === 'version') process.stdout.write(`${VERSION}\n`);
  else {
    if (file && !rest.some(isHelp)) useConfigFile(readConfigFile(file));
    await run(line);
  }
}

async function run(line: RunningLine): Promise<void> {
  if (line.asks === 'command') process.exitCode = await line.command.run(line.argv);
  else if (line.stdio) await overStdio(line.stdio);
  else await overHttp();
}

async function overStdio(conditions: GivenCondition[]): Promise<void> {
  checkSettings();
  refuseAuditOnStdout();
  prepareDatabase(storeConfig());
  const telemetry = await startTelemetry();
  const context = await NestFactory.createApplicationContext(AppModule, {
    logger: new ServerLogger(),
    abortOnError: false,
  });
  endOnSignals(context, graceMsOf(context));
  await context.get(MetricsListener).open();
  giveMemoryBackWhenQuiet();
  await serveStdio(context, conditions);
  // What still waits for a collector that is away must not keep the process.
  if (telemetry) process.exit();
}

async function overHttp(): Promise<void> {
  checkSettings();
  prepareDatabase(storeConfig());
  await startTelemetry();
  const app = await createApp();
  endOnSignals(app, graceMsOf(app));
  const config = app.get<ServerConfig>(serverConfig.KEY);
  const authenticator = app.get(Authenticator);
  const authentication = app.get<AuthenticationConfig>(authenticationConfig.KEY);
  refuseIdleSettings(config.host, authentication);
  refuseOpenAddress(config.host, authentication, authenticator.keyCount);
  await app.get(MetricsListener).open();
  const address = await listen(app, config);
  giveMemoryBackWhenQuiet();
  const logger = new Logger('Server');
  logger.log(`Listening on ${address} (Swagger UI: /docs, MCP: /mcp)`);
  tellToken(logger, authenticator);
}

async function startTelemetry(): Promise<OtelSdk | undefined> {
  const sdk = await OtelSdk.start(otelConfig());
  if (sdk) closeWithApplication(sdk);
  sendLogTo(sdk?.logs);
  return sdk;
}

/** @throws Error if the audit would go where the messages of MCP go */
function refuseAuditOnStdout(): void {
  if (auditConfig().file !== '-') return;
  throw new Error(
    'AUDIT_FILE=- cannot be used with --stdio: stdout has the messages of MCP there, and a client ' +
      'would take each entry for a broken one. Set AUDIT_FILE to the path of a file, or leave it ' +
      'out. The database has the audit in any case.',
  );
}

/** A terminal gets the token itself. A log, which others read, gets the file that has it. */
function tellToken(logger: Logger, { loopbackToken }: Authenticator): void {
  if (loopbackToken === undefined) {
    logger.warn('AUTH=none: everybody who reaches this address is let in.');
    return;
  }
  const { file, value } = loopbackToken;
  logger.log(
    process.stderr.isTTY
      ? `Token for programs on this machine: ${value} (also in ${file})`
      : `The token for programs on this machine is in ${file}.`,
  );
}

function graceMsOf(app: INestApplicationContext): number {
  return app.get<ExecutionsConfig>(executionsConfig.KEY).shutdownGraceMs;
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
    return;
  }
  new ServerLogger().fatal(error instanceof Error ? error.message : error, 'Server');
  process.exitCode = 1;
});
