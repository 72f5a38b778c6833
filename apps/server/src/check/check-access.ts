import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  ANYBODY,
  discoverKeys,
  isOwnAddress,
  keysIn,
  loadPolicy,
  LOOPBACK,
  readKeys,
  refuseIdleSettings,
  refuseOpenAddress,
  ServerCertificate,
  type AuthenticationConfig,
  type Policy,
  type Who,
} from '#access';
import type { ToolRegistry } from '#tools';
import type { ServerConfig } from '../server.config.js';
import type { Fact } from './finding.js';

const DAY_MS = 86_400_000;
/** From when on an end that comes is worth knowing. */
const SOON_MS = 14 * DAY_MS;

/** Rules that are shown; the others are counted. */
const MAX_RULES = 8;

/** Whether the policy can be in force, and whom it lets do something. */
export async function checkPolicy(
  source: string,
  registry: ToolRegistry,
  { isOff }: AuthenticationConfig,
): Promise<Fact[]> {
  const { policy } = await loadPolicy({
    source,
    known: {
      tools: registry.list().map(({ name }) => name),
      categories: registry.categories().map(({ name }) => name),
    },
    localPrincipal: (isOff ? ANYBODY : LOOPBACK).id,
  });
  const says = `${source || 'the default'}: ${rulesText(policy)}`;
  return [{ name: 'policy', state: 'ok', says }];
}

function rulesText({ rules }: Policy): string {
  const shown = rules.slice(0, MAX_RULES).map(({ name, allows, who, what }) => {
    const does = what.effects?.join(', ') ?? 'do anything';
    const where = [...(what.tools ?? []), ...(what.categories ?? [])].join(', ');
    const by = where === '' ? '' : ` by ${where}`;
    return `${name}: ${whomText(who)} ${allows ? 'may' : 'may not'} ${does}${by}`;
  });
  const more = rules.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more rules`] : [])].join('; ');
}

function whomText({ principals = [], groups = [], scopes = [] }: Who): string {
  const whom = [
    ...principals,
    ...groups.map((group) => `group ${group}`),
    ...scopes.map((scope) => `scope ${scope}`),
  ];
  return whom.join(', ') || 'everybody';
}

/** The API keys, and those that have ended or soon will. */
export function checkKeys({ apiKeys, isOff }: AuthenticationConfig): Fact[] {
  const name = 'API keys';
  if (isOff) return [];
  if (apiKeys.isFileSet && !existsSync(apiKeys.file)) {
    throw new Error(`${apiKeys.file} does not exist. Make it with: skyflo-mcp key new`);
  }
  const ends = keysIn(apiKeys.file).map(({ expires }) => Date.parse(expires ?? '9999-01-01'));
  const ended = ends.filter((end) => end <= Date.now()).length;
  const soon = ends.filter((end) => end > Date.now() && end < Date.now() + SOON_MS).length;
  const facts = [`${ends.length} in ${apiKeys.file}`];
  if (ended > 0) facts.push(`${ended} ended`);
  if (soon > 0) facts.push(`${soon} to end within 14 days`);
  const says = facts.join(', ');
  if (ended + soon === 0) return [{ name, state: 'ok', says }];
  const todo = 'See which: skyflo-mcp key list';
  return [{ name, state: 'note', says, todo }];
}

/** Whether the issuer of tokens says where its keys are, and gives them. */
export async function checkIssuer({ oidc }: AuthenticationConfig): Promise<Fact[]> {
  if (!oidc) return [];
  const { keys } = await readKeys(await discoverKeys(oidc.issuer));
  const says = `${oidc.issuer} has ${keys.length} keys`;
  return [{ name: 'OIDC issuer', state: 'ok', says }];
}

/** Whether the server would listen there, and who reaches it. */
export function checkAddress(
  { host, port, socketPath }: ServerConfig,
  authentication: AuthenticationConfig,
): Fact[] {
  const name = 'address';
  const { isOff, apiKeys } = authentication;
  const where = socketPath === undefined ? `${host}:${port}` : host;
  refuseIdleSettings(host, authentication);
  refuseOpenAddress(host, authentication, isOff ? 0 : keysIn(apiKeys.file).length);
  const who = isOwnAddress(host) ? 'only this machine reaches it' : 'other machines reach it';
  if (!isOff) return [{ name, state: 'ok', says: `${where}, ${who}` }];
  return [
    {
      name,
      state: 'note',
      says: `${where}, ${who}, and AUTH=none lets everybody in who does`,
      todo: 'Let something in front of the server decide who may call it.',
    },
  ];
}

/** Whether the certificate is one with its key, and good today. */
export function checkCertificate(authentication: AuthenticationConfig): Fact[] {
  const name = 'certificate';
  const { tls } = authentication;
  if (!tls) return [];
  ServerCertificate.of(authentication)?.close();
  const { validFromDate, validToDate } = new X509Certificate(readFileSync(tls.certFile));
  const todo = `Put a new certificate into ${tls.certFile}. A running server takes it up.`;
  const until = validToDate.toISOString();
  if (validFromDate.getTime() > Date.now()) {
    const says = `good only from ${validFromDate.toISOString()} on`;
    return [{ name, state: 'failed', says, todo }];
  }
  const left = validToDate.getTime() - Date.now();
  if (left <= 0) return [{ name, state: 'failed', says: `expired on ${until}`, todo }];
  const says = `good until ${until}`;
  if (left > SOON_MS) return [{ name, state: 'ok', says }];
  return [{ name, state: 'note', says, todo }];
}
