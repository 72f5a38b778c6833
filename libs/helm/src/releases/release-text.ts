import { toYaml } from '#cluster';
import { goJson, plainData, type GoStruct } from '../cli/go-json.js';
import { helmTable } from '../cli/helm-table.js';
import type { OutputFormat } from './output-format.js';
import { ansiTime, goTime, isZeroTime, utcTime } from './release-time.js';
import type { Hook, Release, ReleaseSummary } from './release.js';

/**
 * Releases as `helm list` prints them (Helm 3.19, times in UTC). Like the other texts here, it has
 * no line end at the end.
 */
export function listText(releases: readonly ReleaseSummary[], format: OutputFormat): string {
  const rows = releases.map((release) => [
    release.name,
    release.namespace,
    String(release.revision),
    isZeroTime(release.updated) ? '-' : goTime(release.updated),
    release.status,
    release.chart,
    release.appVersion,
  ]);
  const header = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION'];
  if (format === 'table') return helmTable([header, ...rows]);
  const keys = ['name', 'namespace', 'revision', 'updated', 'status', 'chart', 'app_version'];
  return dataText(
    rows.map((row) => new Map(row.map((value, index) => [keys[index] ?? '', value]))),
    format,
  );
}

/** Revisions as `helm history` prints them, the oldest first. */
export function historyText(revisions: readonly ReleaseSummary[], format: OutputFormat): string {
  if (format === 'table') {
    const header = ['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'];
    const rows = revisions.map((item) => [
      String(item.revision),
      ansiTime(item.updated),
      item.status,
      item.chart,
      item.appVersion,
      item.description,
    ]);
    return helmTable([header, ...rows]);
  }
  const items = revisions.map(
    ({ revision, updated, status, chart, appVersion, description }): GoStruct =>
      new Map<string, unknown>([
        ['revision', revision],
        ['updated', utcTime(updated)],
        ['status', status],
        ['chart', chart],
        ['app_version', appVersion],
        ['description', description],
      ]),
  );
  return dataText(items, format);
}

/** A redacted release as `helm status` prints it. */
export function statusText(release: Release, format: OutputFormat): string {
  if (format !== 'table') return dataText(releaseStruct(release), format);
  const { name, namespace, version, info, hooks } = release;
  const deployed = isZeroTime(info.last_deployed)
    ? []
    : [`LAST DEPLOYED: ${ansiTime(info.last_deployed)}`];
  const tests = hooks.filter(({ events }) => events?.includes('test'));
  return [
    `NAME: ${name}`,
    ...deployed,
    `NAMESPACE: ${namespace}`,
    `STATUS: ${info.status}`,
    `REVISION: ${version}`,
    ...(tests.length === 0 ? ['TEST SUITE: None'] : tests.flatMap(testLines)),
    ...(info.notes ? ['NOTES:', info.notes.trim()] : []),
  ].join('\n');
}

/** Values as `helm get values` prints them. */
export function valuesText(values: unknown, format: OutputFormat, title: string): string {
  if (format === 'json') return goJson(values);
  const yaml = toYaml(values).trimEnd();
  return format === 'yaml' ? yaml : `${title}:\n${yaml}`;
}

/** The manifest of a redacted release as `helm get manifest` prints it. */
export function manifestText({ manifest }: Release): string {
  return manifest.trimEnd();
}

function dataText(value: unknown, format: OutputFormat): string {
  return format === 'json' ? goJson(value) : toYaml(plainData(value)).trimEnd();
}

function testLines({ name = '', last_run: run }: Hook): string[] {
  if (isZeroTime(run?.started_at)) return [];
  return [
    `TEST SUITE:     ${name}`,
    `Last Started:   ${ansiTime(run?.started_at)}`,
    `Last Completed: ${ansiTime(run?.completed_at)}`,
    `Phase:          ${run?.phase ?? ''}`,
  ];
}

function releaseStruct({
  name,
  info,
  config,
  manifest,
  hooks,
  version,
  namespace,
}: Release): GoStruct {
  return filled([
    ['name', name],
    [
      'info',
      filled([
        ['first_deployed', utcTime(info.first_deployed), true],
        ['last_deployed', utcTime(info.last_deployed), true],
        ['deleted', utcTime(info.deleted), true],
        ['description', info.description],
        ['status', info.status],
        ['notes', info.notes],
      ]),
    ],
    ['config', config],
    ['manifest', manifest],
    ['hooks', hooks.map(hookStruct)],
    ['version', version],
    ['namespace', namespace],
  ]);
}

function hookStruct(hook: Hook): GoStruct {
  const { last_run: run } = hook;
  return filled([
    ['name', hook.name],
    ['kind', hook.kind],
    ['path', hook.path],
    ['manifest', hook.manifest],
    ['events', hook.events],
    [
      'last_run',
      filled([
        ['started_at', utcTime(run?.started_at), true],
        ['completed_at', utcTime(run?.completed_at), true],
        ['phase', run?.phase ?? '', true],
      ]),
    ],
    ['weight', hook.weight],
    ['delete_policies', hook.delete_policies],
    ['output_log_policies', hook.output_log_policies],
  ]);
}

/**
 * A struct without its empty fields, as Go's `omitempty` leaves them out. Fields that are marked as
 * always present stay.
 */
function filled(fields: readonly (readonly [string, unknown, isAlways?: boolean])[]): GoStruct {
  return new Map(
    fields
      .filter(([, value, isAlways]) => isAlways || !isEmpty(value))
      .map(([key, value]) => [key, value]),
  );
}

function isEmpty(value: unknown): boolean {
  if (value instanceof Map) return false;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0;
}
