import { acceptedBy, type ToolDefinition, type ToolRegistry } from '#tools';
import { markdownTable } from './markdown-table.js';

/** The Markdown page that describes every tool of a registry. */
export function toolsDocument(registry: ToolRegistry): string {
  const sections = registry.categories().map(({ name, description }) => {
    const tools = registry.list().filter(({ category }) => category === name);
    return [`## ${name}`, `${description}.`, ...tools.map(toolSection)].join('\n\n');
  });
  return [
    '# Tools',
    'Generated from the tools themselves by `npm run docs:tools`. With more than one context in the kubeconfig, each tool that talks to a cluster also takes `context`.',
    indexOf(registry),
    ...sections,
  ].join('\n\n');
}

/** A row for each tool that leads to its section. */
function indexOf(registry: ToolRegistry): string {
  const rows = registry
    .list()
    .map((tool) => [`[\`${tool.name}\`](#${tool.name})`, tool.title, effectOf(tool)]);
  return markdownTable(['tool', 'what it does', 'effect'], rows);
}

/** What a tool does to the world, in a word. */
export function effectOf({ annotations }: ToolDefinition): string {
  if (annotations.readOnlyHint) return 'Read-only';
  return annotations.destructiveHint ? 'Destructive' : 'Writes';
}

function toolSection(tool: ToolDefinition): string {
  const { name, title, description, example } = tool;
  return [
    `### ${name}`,
    `**${title}** · ${effectOf(tool)}`,
    description,
    parameterTable(tool),
    `Example: \`${JSON.stringify(example)}\``,
  ].join('\n\n');
}

function parameterTable(tool: ToolDefinition): string {
  const rows = parametersOf(tool).map(({ name, accepts, fallback, isRequired, meaning }) => [
    `\`${name}\``,
    accepts,
    isRequired ? '(required)' : fallback && `\`${fallback}\``,
    meaning,
  ]);
  if (rows.length === 0) return 'No parameters.';
  return markdownTable(['parameter', 'accepts', 'default', 'meaning'], rows);
}

/** A parameter as people read of it. */
interface Parameter {
  name: string;
  accepts: string;
  /** As JSON; empty where there is none. */
  fallback: string;
  isRequired: boolean;
  meaning: string;
}

/** The parameters of a tool, in the order of its schema. */
export function parametersOf({ inputSchema }: ToolDefinition): Parameter[] {
  const { properties, required = [] } = inputSchema;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    accepts: property.pattern ? 'text' : acceptedBy(property),
    fallback: property.default === undefined ? '' : JSON.stringify(property.default),
    isRequired: required.includes(name),
    meaning: property.description,
  }));
}
