import { DiscoveryService } from '@nestjs/core';
import { allSettings, declarationOf, isOfPlatform, settingsOf, type Setting } from '#tools';
import { markdownTable } from './markdown-table.js';

const INTRODUCTION = `# Configuration

Generated from the configuration classes by \`npm run docs:tools\`.

A setting is an environment variable, or a key of a configuration file. The environment goes first. An
empty value counts as not set. \`kubectl\` and \`helm\` are looked for on the \`PATH\`.

A key that is unknown or a value that is wrong stops the start. One message names all of them, with
where they stand and what is accepted. \`skyflo-mcp check\` shows the same, see
[command-line.md](command-line.md). Values of settings that hold credentials are never shown.

## The file

\`--config FILE\` names a file for every command, and \`CONFIG_FILE\` does so in the environment. The file
is YAML or JSON, at most 256 kB: a map from the names below to values. Numbers are numbers, and what is
joined by commas below can be a list:

\`\`\`yaml
# yaml-language-server: $schema=./configuration.schema.json
PORT: 9000
POLICY_FILE: /etc/skyflo-mcp/policy.yaml
ALLOWED_HOSTS:
  - skyflo.example.com
  - skyflo.internal
\`\`\`

[configuration.schema.json](configuration.schema.json) lets editors complete and check it. The server
reads the file when it starts. Variables that other programs read too, or that the platform sets, can only
be set in the environment: \`KUBECONFIG\`, \`KUBERNETES_*\`, \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\`,
\`OTEL_*\` and \`XDG_*\`.`;

/** The JSON Schema of configuration files, for editors. */
export function configurationSchema(): string {
  const settings = allSettings()
    .filter(({ name }) => !isOfPlatform(name))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of Skyflo MCP',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      ...Object.fromEntries(
        settings.map(({ name, description, schema: value }) => [name, { description, ...value }]),
      ),
    },
  };
  return JSON.stringify(schema);
}

/**
 * The Markdown page of every setting that the modules of an application declare.
 * @throws Error for a configuration that was not made by `registerConfig`
 */
export function configurationDocument(discovery: DiscoveryService): string {
  const sections = [...declarationsIn(discovery)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, settings]) => `## ${name}\n\n${tableOf(settings)}`);
  return [INTRODUCTION, ...sections].join('\n\n');
}

/** The settings of each configuration, by its name: the key that `registerAs` gives it. */
function declarationsIn(discovery: DiscoveryService): Map<string, Setting[]> {
  const settings = new Map<string, Setting[]>();
  for (const { metatype: factory, token } of discovery.getProviders()) {
    const [, name] = /^CONFIGURATION\((.*)\)$/.exec(String(token)) ?? [];
    if (name === undefined) continue;
    const declaration = declarationOf(factory);
    if (!declaration) throw new Error(`The configuration "${name}" declares no settings.`);
    settings.set(name, settingsOf(declaration));
  }
  return settings;
}

function tableOf(settings: readonly Setting[]): string {
  return markdownTable(
    ['setting', 'default', 'values', 'meaning'],
    settings.map(({ name, description, accepts, default: initial }) => [
      `\`${name}\``,
      initial,
      accepts,
      description,
    ]),
  );
}
