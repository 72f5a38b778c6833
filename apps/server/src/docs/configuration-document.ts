import { DiscoveryService } from '@nestjs/core';
import { declarationOf, settingsOf, type Setting } from '#tools';
import { markdownTable } from './markdown-table.js';

const INTRODUCTION = `# Configuration

Generated from the configuration classes by \`npm run docs:tools\`.

The server reads environment variables when it starts. A variable that is empty counts as not set. A
value that is wrong stops the start, and the message names the variable. \`kubectl\` and \`helm\` are
looked for on the \`PATH\`.`;

/**
 * The Markdown page of every environment variable that the modules of an application declare.
 * @throws Error for a configuration that was not made by `registerConfig`
 */
export function configurationDocument(discovery: DiscoveryService): string {
  const sections = [...declarationsIn(discovery)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, settings]) => `## ${name}\n\n${tableOf(settings)}`);
  return [INTRODUCTION, ...sections].join('\n\n');
}

/** The variables of each configuration, by its name: the key that `registerAs` gives it. */
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
    ['variable', 'default', 'values', 'meaning'],
    settings.map(({ name, description, accepts, default: initial }) => [
      `\`${name}\``,
      initial,
      accepts,
      description,
    ]),
  );
}
