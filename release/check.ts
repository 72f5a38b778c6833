/**
 * Checks that all files that name the version of a release name the same.
 *
 *     npm run release:check              while the version is prepared
 *     npm run release:check -- v1.2.3    for a tag, which also needs its part of CHANGELOG.md
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Registry {
  name: string;
  version: string;
  packages: { registryType: string; identifier: string; version?: string }[];
}

const CHART = 'charts/skyflo-mcp/Chart.yaml';
const text = (file: string) => readFileSync(file, 'utf8');
const json = (file: string) => JSON.parse(text(file)) as unknown;

const { version, mcpName } = json('package.json') as { version: string; mcpName: string };
const [tag] = process.argv.slice(2);
const faults: string[] = [];

expectSame(
  'package-lock.json',
  (json('package-lock.json') as { version: string }).version,
  version,
);
checkRegistry(json('server.json') as Registry);
checkChart(parse(text(CHART)) as Record<'version' | 'appVersion', unknown>);
if (tag !== undefined) checkTag(tag);

if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`All files name ${version}.\n`);
}

function expectSame(what: string, found: unknown, wanted: string): void {
  if (String(found) !== wanted) faults.push(`${what} has ${String(found)}, not ${wanted}.`);
}

function checkRegistry({ name, version: own, packages }: Registry): void {
  expectSame('server.json', own, version);
  expectSame('The name in server.json', name, mcpName);
  for (const { registryType, identifier, version: of } of packages) {
    const found = of ?? identifier.split(':').at(-1);
    expectSame(`The ${registryType} package of server.json`, found, version);
  }
}

function checkChart(chart: Record<'version' | 'appVersion', unknown>): void {
  expectSame(`version of ${CHART}`, chart.version, version);
  expectSame(`appVersion of ${CHART}`, chart.appVersion, version);
}

function checkTag(name: string): void {
  expectSame('The tag', name, `v${version}`);
  const headings = text('CHANGELOG.md').split('\n');
  const heading = `## ${version}`;
  if (!headings.some((line) => line === heading || line.startsWith(`${heading} `))) {
    faults.push(`CHANGELOG.md has no heading "${heading}".`);
  }
}
