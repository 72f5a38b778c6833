/** What a program prints for a step. */
export interface Line {
  step: string;
  /** The client has no means for this step. */
  lacks?: boolean;
  error?: string;
  /** The version of the protocol that was agreed on. */
  protocol?: string;
  /** The names of the tools. */
  tools?: string[];
  text?: string;
  /** How often the client heard of progress. */
  reports?: number;
}

/** What is on the server and in the cluster, whatever the client says. */
export interface Truth {
  /** The names of the tools that there are. */
  tools: readonly string[];
  /** How many replicas the deployment of the client is to have. */
  replicas(): Promise<number>;
  /** Whether the call that was cancelled ends as such, within seconds. */
  isCancelled(): Promise<boolean>;
}

/** A step that each client takes, in this order. */
export interface Step {
  /** A column of the table. */
  step: string;
  tool?: string;
  args?: Record<string, unknown>;
  /** Whether it went as it should. */
  holds(line: Line, truth: Truth): boolean | Promise<boolean>;
}

const DEPLOYMENT = 'site';
const REPLICAS = 3;
/** What one answer holds at most, unless somebody asks for more. */
const MAX_OUTPUT_CHARS = 32_000;

/** The steps of a client whose deployment is in a namespace of its own. */
export function stepsIn(namespace: string): Step[] {
  const deployment = { resource_type: 'deployment', name: DEPLOYMENT, namespace };
  const read = { tool: 'k8s_get', args: { resource_type: 'deployments', namespace } };
  const isRead = ({ text }: Line) => /^NAME +READY[^]*\nsite /.test(text ?? '');
  return [
    { step: 'connect', holds: ({ error }) => error === undefined },
    { step: 'list', holds: ({ tools }, truth) => isEqual(tools, truth.tools) },
    { step: 'read', ...read, holds: isRead },
    {
      step: 'write',
      tool: 'k8s_scale',
      args: { ...deployment, replicas: REPLICAS },
      holds: async (_line, truth) => (await truth.replicas()) === REPLICAS,
    },
    {
      step: 'progress',
      tool: 'wait_for_x_seconds',
      args: { seconds: 3 },
      holds: ({ reports = 0, text }) => reports > 0 && text === 'Waited for 3 seconds.',
    },
    {
      step: 'cancel',
      tool: 'wait_for_x_seconds',
      args: { seconds: 60 },
      holds: (_line, truth) => truth.isCancelled(),
    },
    {
      step: 'big answer',
      tool: 'k8s_get',
      args: { resource_type: 'customresourcedefinitions', output: 'yaml' },
      holds: ({ text = '' }) =>
        text.length > MAX_OUTPUT_CHARS / 2 &&
        text.length <= MAX_OUTPUT_CHARS &&
        /\n.*(cursor|offset)=[^\n]*$/.test(text),
    },
    { step: 'restart', ...read, holds: isRead },
  ];
}

/** Makes what the steps work on. The arguments are those of kubectl. */
export function preparationOf(namespace: string): string[][] {
  return [
    ['create', 'namespace', namespace],
    ['create', 'deployment', DEPLOYMENT, '--image=nginx:1.28', '-n', namespace],
  ];
}

/** The arguments of kubectl that print how many replicas there are to be. */
export function replicasArgs(namespace: string): string[] {
  const path = 'jsonpath={.spec.replicas}';
  return ['get', 'deployment', DEPLOYMENT, '-n', namespace, '-o', path];
}

function isEqual(some: readonly string[] = [], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join();
}
