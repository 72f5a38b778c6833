import { nearestHint, nearestNames, readOptions, UsageError } from '#base';
import { EFFECTS, type Effect, type Principal } from '#tools';
import { loadPolicy } from './live-policy.js';
import { PolicyEngine } from './policy.engine.js';
import { PolicyError } from './policy.error.js';
import type { RequestFacts, ToolFacts } from './request-facts.js';

const USAGE = `usage:
  skyflo-mcp policy check [FILE]
  skyflo-mcp policy explain [FILE] --tool TOOL [--principal ID] [--group GROUP]... [--scope SCOPE]...
      [--resource PLURAL[/SUBRESOURCE] [--api-group GROUP] [--effect EFFECT] [--dry-run]
       [--context CONTEXT] [--namespace NAMESPACE] [--name NAME]]

FILE is a policy file or read-only, operator or admin. Without it, POLICY_FILE is taken.
check: exit code 0 if the policy is right, 1 if not.
explain: exit code 0 if it is allowed, 1 if it is denied. Without --resource, it is about the tool alone.
Wrong usage: exit code 2.
`;

const OPTIONS = {
  tool: { type: 'string' },
  principal: { type: 'string' },
  group: { type: 'string', multiple: true },
  scope: { type: 'string', multiple: true },
  context: { type: 'string' },
  effect: { type: 'string' },
  'api-group': { type: 'string' },
  resource: { type: 'string' },
  namespace: { type: 'string' },
  name: { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export interface PolicyCommandOptions {
  /** What stands after `skyflo-mcp policy`. */
  readonly argv: readonly string[];
  readonly out: NodeJS.WritableStream;
  readonly tools: readonly ToolFacts[];
  /** The value of `POLICY_FILE`. */
  readonly defaultSource: string;
  readonly localPrincipal: string;
}

type Values = ReturnType<typeof parse>['values'];

/** Runs `skyflo-mcp policy`, and returns its exit code. */
export async function policyCommand(options: PolicyCommandOptions): Promise<number> {
  const { argv, out } = options;
  try {
    const { values, positionals } = parse(argv);
    const [verb, source = options.defaultSource, ...more] = positionals;
    if (values.help) {
      out.write(USAGE);
      return 0;
    }
    if (more.length > 0) throw new UsageError(`There is one file, not "${more.join(' ')}" too.`);
    if (verb === 'check') return await check(source, options);
    if (verb === 'explain') return await explain(source, values, options);
    throw wrongVerb(verb);
  } catch (error) {
    if (error instanceof PolicyError) {
      out.write(`${error.message}\n`);
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    out.write(`${error.message}\n${USAGE}`);
    return 2;
  }
}

function parse(argv: readonly string[]) {
  return readOptions({ args: [...argv], options: OPTIONS, allowPositionals: true });
}

function wrongVerb(verb = ''): UsageError {
  if (verb === '') return new UsageError('A command is missing.');
  const nearest = nearestHint(nearestNames(verb, ['check', 'explain']));
  return new UsageError(`There is no command "${verb}".${nearest}`);
}

async function check(source: string, options: PolicyCommandOptions): Promise<number> {
  const { rules } = await load(source, options);
  const count = rules.length === 1 ? '1 rule' : `${rules.length} rules`;
  options.out.write(`${source || 'The default policy'} is right: ${count}.\n`);
  return 0;
}

async function explain(
  source: string,
  values: Values,
  options: PolicyCommandOptions,
): Promise<number> {
  const engine = new PolicyEngine(await load(source, options));
  const tool = toolOf(values.tool, options.tools);
  const principal = principalOf(values, options.localPrincipal);
  const request = requestOf(values, tool);
  const { allowed, reason } = request
    ? engine.decideRequest(principal, tool, request)
    : engine.decideTool(principal, tool);
  const rules = engine.explain(principal, tool, request).map(({ rule, matched, why }) => {
    return `${matched ? '*' : ' '} ${rule}: ${why}`;
  });
  options.out.write([allowed ? 'allowed' : 'denied', reason, ...rules, ''].join('\n'));
  return allowed ? 0 : 1;
}

async function load(source: string, { tools, localPrincipal }: PolicyCommandOptions) {
  const known = {
    tools: tools.map(({ name }) => name),
    categories: [...new Set(tools.map(({ category }) => category))],
  };
  return (await loadPolicy({ source, known, localPrincipal })).policy;
}

function toolOf(name: string | undefined, tools: readonly ToolFacts[]): ToolFacts {
  if (name === undefined) throw new UsageError('--tool is missing.');
  const tool = tools.find((one) => one.name === name);
  if (tool) return tool;
  const nearest = nearestNames(
    name,
    tools.map((one) => one.name),
  );
  throw new UsageError(`There is no tool "${name}".${nearestHint(nearest)}`);
}

function principalOf({ principal, group, scope }: Values, localPrincipal: string): Principal {
  const id = principal ?? localPrincipal;
  return { id, name: id, groups: group ?? [], ...(scope && { scopes: scope }) };
}

const RESOURCE = /^([a-z][a-z0-9.-]*)(?:\/([a-z]+))?$/;
const VERBS: Partial<Record<Effect, string>> = { read: 'get', update: 'patch', delete: 'delete' };

function requestOf(values: Values, tool: ToolFacts): RequestFacts | undefined {
  if (values.resource === undefined) return undefined;
  const { context = '', namespace = '', name = '' } = values;
  const [, resource, subresource = ''] = RESOURCE.exec(values.resource) ?? [];
  if (resource === undefined) {
    throw new UsageError('--resource has to be a plural in lower case: deployments, pods/exec.');
  }
  const effect = effectOf(values.effect, tool);
  return {
    context,
    verb: effect === 'read' && name === '' ? 'list' : (VERBS[effect] ?? 'create'),
    group: values['api-group'] ?? '',
    resource,
    subresource,
    namespace,
    name,
    isDryRun: values['dry-run'] ?? false,
    effect,
  };
}

function effectOf(given: string | undefined, { name, effects }: ToolFacts): Effect {
  const choices = effects.join(', ');
  if (given === undefined) {
    const [only] = effects;
    if (only !== undefined && effects.length === 1) return only;
    throw new UsageError(`--effect is missing. ${name} has ${choices}.`);
  }
  const effect = EFFECTS.find((one) => one === given);
  if (effect) return effect;
  throw new UsageError(`There is no effect "${given}". There are ${EFFECTS.join(', ')}.`);
}
