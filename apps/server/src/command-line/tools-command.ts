import { isHelp, nearestHint, nearestNames, readOptions, UsageError } from '#base';
import { checkSettings, ToolRegistry, type ToolDefinition } from '#tools';
import { effectOf, parametersOf, toolsDocument } from '../docs/tools-document.js';
import { presentTool } from '../rest/tool.presenter.js';
import { withDomains } from '../domains/domains.module.js';
import { textTable } from './text-table.js';

const USAGE = `Usage: skyflo-mcp tools [NAME] [options]

Lists the tools, or shows what one of them takes. Needs no cluster.

  --categories=NAME,NAME  only the tools of these categories
  --read-only             only tools that read
  --json                  as JSON: a list, or one tool
  --markdown              all of them as the page docs/tools.md
`;

type Values = ReturnType<typeof parse>['values'];

/** `skyflo-mcp tools`. @returns the exit code @throws UsageError */
export async function toolsCommand(argv: readonly string[]): Promise<number> {
  if (argv.some(isHelp)) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { values, positionals } = parse(argv);
  const [name, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`tools shows one tool at a time, not "${more[0]}" too.`);
  checkSettings();
  const text = await withDomains(false, (app) => textOf(app.get(ToolRegistry), name, values));
  process.stdout.write(`${text.trimEnd()}\n`);
  return 0;
}

function parse(argv: readonly string[]) {
  return readOptions({
    args: [...argv],
    allowPositionals: true,
    options: {
      categories: { type: 'string' },
      'read-only': { type: 'boolean' },
      json: { type: 'boolean' },
      markdown: { type: 'boolean' },
    },
  });
}

async function textOf(
  registry: ToolRegistry,
  name: string | undefined,
  values: Values,
): Promise<string> {
  if (values.markdown) return toolsDocument(registry);
  if (name !== undefined) {
    const tool = toolOf(registry, name);
    return values.json ? jsonOf(await shown(tool)) : describe(tool);
  }
  const tools = chosen(registry, values);
  if (values.json) return jsonOf(await Promise.all(tools.map(shown)));
  const rows = tools.map((tool) => [tool.name, effectOf(tool), tool.category, tool.title]);
  return textTable(['TOOL', 'EFFECT', 'CATEGORY', 'WHAT IT DOES'], rows);
}

function chosen(registry: ToolRegistry, values: Values): ToolDefinition[] {
  const known = registry.categories().map(({ name }) => name);
  const wanted = values.categories?.split(',').map((name) => name.trim());
  const strange = wanted?.find((name) => !known.includes(name));
  if (strange !== undefined) {
    const nearest = nearestHint(nearestNames(strange, known));
    throw new UsageError(
      `There is no category "${strange}".${nearest} There are ${known.join(', ')}.`,
    );
  }
  return registry.list().filter(({ category, annotations }) => {
    if (wanted !== undefined && !wanted.includes(category)) return false;
    return !values['read-only'] || annotations.readOnlyHint;
  });
}

function toolOf(registry: ToolRegistry, name: string): ToolDefinition {
  const tool = registry.find(name);
  if (tool) return tool;
  const names = registry.list().map((one) => one.name);
  const nearest = nearestHint(nearestNames(name, names));
  throw new UsageError(`There is no tool "${name}".${nearest} skyflo-mcp tools lists them.`);
}

async function shown(tool: ToolDefinition) {
  return { ...(await presentTool(tool)), effects: tool.effects, example: tool.example };
}

function describe(tool: ToolDefinition): string {
  const rows = parametersOf(tool).map(({ name, accepts, fallback, isRequired, meaning }) => [
    name,
    accepts,
    isRequired ? 'required' : fallback || '-',
    meaning,
  ]);
  const parameters = textTable(['PARAMETER', 'ACCEPTS', 'DEFAULT', 'MEANING'], rows);
  return [
    `${tool.name}: ${tool.title} (${effectOf(tool)})`,
    tool.description,
    rows.length === 0 ? 'No parameters.' : parameters,
    `Example: ${JSON.stringify(tool.example)}`,
  ].join('\n\n');
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
