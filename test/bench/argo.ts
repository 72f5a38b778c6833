import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Sandbox } from '#sandbox';
import { Pool } from 'undici';
import { apiPool, textOf } from './api.js';
import { latencyOf } from './measure.js';
import { printTable } from './print-table.js';

const NAMESPACE = 'bench-argo';
const CALLS = 60;
const PLUGIN_CALLS = 5;
const ROLLOUTS = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/rollouts`;
const SETS = `/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`;
const SELECTED = 'limit=500&labelSelector=app%3Dtarget';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const MERGE = 'application/merge-patch+json';

type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<string>;
type CallTool = (tool: string, args?: object) => Promise<string>;

/** One operation: by a tool, by the raw API calls that it cannot do without, and by the plugin where that has it. */
interface Operation {
  name: string;
  raw: (send: Send, number: number) => Promise<unknown>;
  tool: (call: CallTool, number: number) => Promise<unknown>;
  plugin?: string[];
}

interface Live {
  metadata: { name: string; uid: string };
  status: { currentPodHash: string };
}

/** Puts the rollout back to where the verb makes sense again; not measured alone, so the same for both. */
const toStatus = (send: Send, status: object) =>
  send('PATCH', `${ROLLOUTS}/target/status`, { status }, { 'content-type': MERGE });
const toSpec = (send: Send, spec: object) =>
  send('PATCH', `${ROLLOUTS}/target`, { spec }, { 'content-type': MERGE });
const read = async (send: Send) => JSON.parse(await send('GET', `${ROLLOUTS}/target`)) as Live;

const PAUSED = {
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }],
  currentStepIndex: 1,
  abort: false,
  promoteFull: false,
};
const TARGET = { name: 'target', namespace: NAMESPACE };

/** A verb that patches one part of the rollout, between two states of it. */
function verb(
  name: string,
  tool: string,
  patch: { spec?: object; status?: object },
  plugin?: string[],
): Operation {
  const write = async (send: Send) => {
    await send('GET', `${ROLLOUTS}/target`);
    await (patch.spec ? toSpec(send, patch.spec) : toStatus(send, patch.status ?? {}));
  };
  return {
    name,
    raw: write,
    tool: (call) => call(tool, { ...TARGET, ...(name.includes('full') && { full: true }) }),
    plugin,
  };
}

const OPERATIONS: Operation[] = [
  {
    name: 'argo_list_rollouts',
    raw: (send) => send('GET', `${ROLLOUTS}?limit=200`),
    tool: (call) => call('argo_list_rollouts', { namespace: NAMESPACE }),
    plugin: ['list', 'rollouts'],
  },
  {
    name: 'argo_status',
    async raw(send) {
      const { status } = await read(send);
      await send('GET', `${SETS}/target-${status.currentPodHash}`);
    },
    tool: (call) => call('argo_status', TARGET),
    plugin: ['status', 'target', '--watch=false'],
  },
  {
    name: 'argo_describe',
    async raw(send) {
      const { metadata, status } = await read(send);
      const group = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}`;
      const core = `/api/v1/namespaces/${NAMESPACE}`;
      await Promise.all([
        send('GET', `${SETS}?${SELECTED}`),
        send('GET', `${core}/pods?${SELECTED}&includeObject=Metadata`, undefined, {
          accept: TABLE,
        }),
        send('GET', `${group}/experiments?limit=500`),
        send('GET', `${group}/analysisruns?limit=500`),
        send('GET', `${core}/events?limit=500&fieldSelector=involvedObject.uid%3D${metadata.uid}`),
        send('GET', `${SETS}/target-${status.currentPodHash}`),
      ]);
    },
    tool: (call) => call('argo_describe', TARGET),
    plugin: ['get', 'rollout', 'target'],
  },
  {
    name: 'argo_history',
    async raw(send) {
      await read(send);
      await send('GET', `${SETS}?${SELECTED}`);
    },
    tool: (call) => call('argo_history', TARGET),
  },
  {
    name: 'argo_set_image',
    async raw(send, number) {
      await read(send);
      const body = [
        { op: 'add', path: '/spec/template/spec/containers/0/image', value: `app:r${number}` },
      ];
      await send('PATCH', `${ROLLOUTS}/target`, body, {
        'content-type': 'application/json-patch+json',
      });
    },
    tool: (call, number) => call('argo_set_image', { ...TARGET, image: `app:t${number}` }),
    plugin: ['set', 'image', 'target', 'app=app:p'],
  },
  {
    name: 'argo_undo',
    async raw(send) {
      await read(send);
      const sets = JSON.parse(await send('GET', `${SETS}?${SELECTED}`)) as {
        items: { spec: { template: object } }[];
      };
      const value = sets.items[0]?.spec.template;
      await send(
        'PATCH',
        `${ROLLOUTS}/target`,
        [{ op: 'replace', path: '/spec/template', value }],
        {
          'content-type': 'application/json-patch+json',
        },
      );
    },
    tool: (call) => call('argo_undo', TARGET),
    plugin: ['undo', 'target'],
  },
  verb('argo_rollout_restart', 'argo_rollout_restart', { spec: { restartAt: null } }, [
    'restart',
    'target',
  ]),
];

/** Pairs of verbs of which each makes sense after the other. */
const PAIRS: [Operation, Operation][] = [
  [
    verb('argo_pause_rollout', 'argo_pause_rollout', { spec: { paused: true } }, [
      'pause',
      'target',
    ]),
    verb('argo_resume_rollout', 'argo_resume_rollout', { spec: { paused: false } }),
  ],
  [
    verb('argo_abort_rollout', 'argo_abort_rollout', { status: { abort: true } }, [
      'abort',
      'target',
    ]),
    verb('argo_retry', 'argo_retry', { status: { abort: false } }, ['retry', 'rollout', 'target']),
  ],
];

/** Promotions; before each the rollout is put back to its pause, by a raw call on both sides. */
const PROMOTIONS = [
  verb('argo_promote', 'argo_promote', { status: { pauseConditions: null } }, [
    'promote',
    'target',
  ]),
  verb('argo_promote full', 'argo_promote', { status: { promoteFull: true } }, [
    'promote',
    'target',
    '--full',
  ]),
];

/** Measures the Argo tools beside the raw API calls they need, and beside the plugin. The controller stands still, so that every call meets the same rollout. */
export async function benchArgo(sandbox: Sandbox, url: string): Promise<void> {
  const api = apiPool(sandbox.kubeconfig);
  const server = new Pool(url);
  const send: Send = async (method, path, body, headers = {}) =>
    textOf(
      await api.request({
        method: method as 'GET',
        path,
        headers: { 'content-type': 'application/json', ...headers },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
  const call: CallTool = async (tool, args = {}) =>
    textOf(
      await server.request({
        method: 'POST',
        path: `/engine/v1/tools/argo/${tool}/execute`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(args),
      }),
    );
  await prepare(sandbox, send);
  const rows: string[][] = [];
  const add = async ({ name, plugin }: Operation, raw: number, tool: number) => {
    const program = plugin ? await pluginMs(sandbox, plugin) : undefined;
    const ms = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(2)} ms`);
    rows.push([name, ms(raw), ms(tool), (tool / raw).toFixed(2), ms(program)]);
  };
  const back = () => toStatus(send, PAUSED);
  for (const operation of OPERATIONS) {
    let number = 0;
    const raw = await latencyOf(() => operation.raw(send, number++), CALLS);
    const tool = await latencyOf(() => operation.tool(call, number++), CALLS);
    await add(operation, raw.p50, tool.p50);
    await toSpec(send, { paused: false });
  }
  for (const pair of PAIRS) {
    const [raw, tool] = await alternating(pair, send, call);
    for (const [index, operation] of pair.entries())
      await add(operation, raw[index]!, tool[index]!);
    await toSpec(send, { paused: false });
    await back();
  }
  for (const promotion of PROMOTIONS) {
    const restore: Operation = { name: '', raw: back, tool: back };
    const [raw, tool] = await alternating([promotion, restore], send, call);
    await add(promotion, raw[0]!, tool[0]!);
    await back();
  }
  printTable(['argo tool', 'raw API calls, p50', 'REST, p50', '× raw', 'plugin'], rows);
  process.stdout.write('Goal: × raw ≤ 2.0.\n');
  await sandbox.startProcess('rollouts-controller');
  await Promise.all([api.close(), server.close()]);
}

/** The medians of two operations that take turns, raw and by the tools, in milliseconds. */
async function alternating(
  [one, other]: [Operation, Operation],
  send: Send,
  call: CallTool,
): Promise<[number[], number[]]> {
  const timed = async (
    first: () => Promise<unknown>,
    second: () => Promise<unknown>,
  ): Promise<number[]> => {
    const times: [number[], number[]] = [[], []];
    for (let turn = 0; turn < CALLS; turn++) {
      for (const [index, work] of [first, second].entries()) {
        const startedAt = performance.now();
        await work();
        times[index]?.push(performance.now() - startedAt);
      }
    }
    return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN);
  };
  const raw = await timed(
    () => one.raw(send, 0),
    () => other.raw(send, 0),
  );
  const tool = await timed(
    () => one.tool(call, 0),
    () => other.tool(call, 0),
  );
  return [raw, tool];
}

/** What one call of the plugin takes, in milliseconds; whether it succeeds is no matter. */
async function pluginMs(sandbox: Sandbox, args: string[]): Promise<number> {
  const env = { ...process.env, ...sandbox.env };
  const { p50 } = await latencyOf(
    () =>
      promisify(execFile)('kubectl-argo-rollouts', [...args, '-n', NAMESPACE], { env }).catch(
        () => undefined,
      ),
    PLUGIN_CALLS,
  );
  return p50;
}

/** A canary at its first pause, and some others beside it. */
async function prepare(sandbox: Sandbox, send: Send): Promise<void> {
  const rollout = (name: string, image: string) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: name } },
      strategy: { canary: { steps: [{ setWeight: 25 }, { pause: {} }] } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image }] },
      },
    },
  });
  const apply = (...items: object[]) =>
    sandbox.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
  const until = async (phase: string, name: string) => {
    for (;;) {
      const { status } = JSON.parse(await send('GET', `${ROLLOUTS}/${name}`)) as {
        status?: { phase?: string };
      };
      if (status?.phase === phase) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await sandbox.kubectl(['create', 'namespace', NAMESPACE]);
  const others = Array.from({ length: 9 }, (_, index) => `other-${index}`);
  await apply(...['target', ...others].map((name) => rollout(name, 'app:1')));
  for (const name of ['target', ...others]) await until('Healthy', name);
  await apply(rollout('target', 'app:2'));
  await until('Paused', 'target');
  await sandbox.stopProcess('rollouts-controller');
}
