import type { INestApplicationContext } from '@nestjs/common';
import { AUDIT_MIGRATIONS, auditConfig, authenticationConfig, policyConfig } from '#access';
import { isHelp, nearestHint, nearestNames, readOptions, UsageError } from '#base';
import { Programs } from '#cli';
import { Clusters } from '#cluster';
import { SqlDatabase, storeConfig } from '#store';
import { settingFaults, ToolRegistry } from '#tools';
import { withDomains } from '../domains/domains.module.js';
import { SESSION_MIGRATIONS } from '../mcp/session/session.store.js';
import { serverConfig } from '../server.config.js';
import {
  checkAddress,
  checkCertificate,
  checkIssuer,
  checkKeys,
  checkPolicy,
} from './check-access.js';
import { checkProgram, PROGRAMS } from './check-programs.js';
import { checkStore } from './check-store.js';
import { checkContext } from './clusters/check-context.js';
import { allOf, failed, type Fact, type Finding } from './finding.js';
import { findingsText } from './findings-text.js';
import { NotedWarnings } from './noted-warnings.js';

const USAGE = `Usage: skyflo-mcp check [options]
       skyflo-mcp check --health

Looks at the settings, what listens, the database, the programs and the clusters, and says what
would not work and what to do. Changes nothing, and can run beside a server.

  --context NAME  only this context of the kubeconfig
  --json          as JSON
  --health        only ask the running server whether it is alive, for probes

Exit code 0: all is well. 1: a check failed. 2: a wrong command line.
`;

const SETTINGS = 'Settings';
const SERVER = 'Server';
const PROGRAMS_AREA = 'Programs';
const KUBECONFIG = 'Kubeconfig';

/** `skyflo-mcp check`. @returns the exit code @throws UsageError */
export async function checkCommand(argv: readonly string[]): Promise<number> {
  if (argv.some(isHelp)) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { values } = readOptions({
    args: [...argv],
    options: { context: { type: 'string' }, json: { type: 'boolean' } },
  });
  const findings = await findAll(values.context);
  const isFine = findings.every(({ state }) => state !== 'failed');
  const text = values.json
    ? `${JSON.stringify({ ok: isFine, checks: findings }, null, 2)}\n`
    : findingsText(findings, process.stdout);
  await new Promise((resolve) => process.stdout.write(text, resolve));
  // A cluster that says nothing would keep the process alive.
  process.exit(isFine ? 0 : 1);
}

async function findAll(context: string | undefined): Promise<Finding[]> {
  const wrong = faultsOfSettings();
  // What they lead to cannot be known.
  if (wrong.length > 0) return wrong;
  const warnings = new NotedWarnings();
  try {
    return await withDomains(warnings, async (app) => {
      const says = 'every value is accepted';
      const settings = ofSettings({ name: 'settings', state: 'ok', says });
      const kubeconfig = kubeconfigFindings(app.get(Clusters, { strict: false }), warnings);
      return [settings, ...(await allOf(checksOf(app, context))), ...kubeconfig];
    });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return [ofSettings(failed('settings', error))];
  }
}

function ofSettings(fact: Fact): Finding {
  return { area: SETTINGS, ...fact };
}

/** All wrong settings; if each is right by itself, the first that another one contradicts. */
function faultsOfSettings(): Finding[] {
  const faults = settingFaults().map((fault) => ofSettings(failed('settings', `${fault}.`)));
  if (faults.length > 0) return faults;
  try {
    for (const config of [serverConfig, authenticationConfig, auditConfig, policyConfig]) config();
    return [];
  } catch (error) {
    return [ofSettings(failed('settings', error))];
  }
}

function kubeconfigFindings({ names }: Clusters, warnings: NotedWarnings): Finding[] {
  const todo = 'Set KUBECONFIG to a kubeconfig file that this user may read.';
  if (names.length === 0 && warnings.texts.length === 0) warnings.warn('There is no context.');
  return warnings.texts.map((text) => ({ area: KUBECONFIG, ...failed('file', text, todo) }));
}

function checksOf(app: INestApplicationContext, context: string | undefined) {
  const registry = app.get(ToolRegistry);
  const programs = app.get(Programs, { strict: false });
  const server = serverConfig();
  const authentication = authenticationConfig();
  const migrations = [
    ...app.get(SqlDatabase, { strict: false }).migrationNames,
    ...Object.keys(AUDIT_MIGRATIONS),
    ...Object.keys(SESSION_MIGRATIONS),
  ];
  const ofServer = [
    { name: 'address', run: () => checkAddress(server, authentication) },
    { name: 'certificate', run: () => checkCertificate(authentication) },
    { name: 'API keys', run: () => checkKeys(authentication) },
    { name: 'OIDC issuer', run: () => checkIssuer(authentication) },
    {
      name: 'policy',
      run: () => checkPolicy(policyConfig().file, registry, authentication),
    },
    { name: 'database', run: () => checkStore(storeConfig(), migrations) },
  ];
  return [
    ...ofServer.map((check) => ({ area: SERVER, ...check })),
    ...PROGRAMS.map((program) => ({
      area: PROGRAMS_AREA,
      name: program.name,
      run: () => checkProgram(program, programs, registry),
    })),
    ...contextChecks(app.get(Clusters, { strict: false }), context),
  ];
}

function contextChecks(clusters: Clusters, only: string | undefined) {
  if (only !== undefined && !clusters.names.includes(only)) {
    const nearest = nearestHint(nearestNames(only, clusters.names));
    throw new UsageError(`There is no context "${only}" in the kubeconfig.${nearest}`);
  }
  const names = only === undefined ? clusters.names : [only];
  return names.map((context) => {
    const area = `Context ${context}${context === clusters.defaultName ? ' (default)' : ''}`;
    const run = () => checkContext(clusters.get(context));
    return { area, name: 'API server', run };
  });
}
