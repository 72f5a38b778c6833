import { acceptedBy, type PropertySchema, type ToolDefinition, type ToolRegistry } from '#tools';
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

function parameterTable({ inputSchema: { properties, required = [] } }: ToolDefinition): string {
  const rows = Object.entries(properties).map(([name, property]) => [
    `\`${name}\``,
    accepted(property),
    fallback(property, required.includes(name)),
    property.description,
  ]);
  if (rows.length === 0) return 'No parameters.';
  return markdownTable(['parameter', 'accepts', 'default', 'meaning'], rows);
}

function accepted(property: PropertySchema): string {
  return property.pattern ? 'text' : acceptedBy(property);
}

function fallback(property: PropertySchema, isRequired: boolean): string {
  if (isRequired) return '(required)';
  return property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``;
}
