/**
 * Prints what the package consists of, as CycloneDX: the packages in the bundles, and those that
 * are installed with it. Needs a build.
 *
 *     npm run --silent release:sbom > skyflo-mcp.cdx.json
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Sbom {
  components: { name: string; version: string; 'bom-ref': string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
  metadata: { component: { 'bom-ref': string } };
}

const LICENSES = 'dist/bundle/THIRD-PARTY-LICENSES.txt';

const all = sbom();
const wanted = new Set([...bundled(), ...sbom('--omit=dev').components.map(nameOf)]);
const components = all.components.filter((component) => wanted.has(nameOf(component)));
const refs = new Set(components.map((component) => component['bom-ref']));
refs.add(all.metadata.component['bom-ref']);
const dependencies = all.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
process.stdout.write(`${JSON.stringify({ ...all, components, dependencies }, null, 2)}\n`);

/** What npm knows of the installed packages. */
function sbom(...options: string[]): Sbom {
  const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', ...options];
  const text = execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return JSON.parse(text) as Sbom;
}

/** The packages whose licenses the build has written, with their versions. */
function bundled(): string[] {
  const heads = readFileSync(LICENSES, 'utf8').matchAll(/^(\S+) (\S+)\nLicense: /gm);
  return [...heads].map(([, name, version]) => `${name} ${version}`);
}

function nameOf({ name, version }: { name: string; version: string }): string {
  return `${name} ${version}`;
}
