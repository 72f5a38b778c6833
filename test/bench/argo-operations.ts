import type { CallTool } from './tool-client.js';

/** Where the bench's rollouts are. */
export const NAMESPACE = 'bench-argo';
export const ROLLOUTS = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/rollouts`;
const SETS = `/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`;
const SELECTED = 'limit=500&labelSelector=app%3Dtarget';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const MERGE = 'application/merge-patch+json';

/** Sends a request to the API server. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<string>;

/**
 * One operation: by a tool, by the raw API calls that it cannot do without, and by the plugin where
 * that has it.
 */
export interface Operation {
  name: string;
  raw: (send: Send, number: number) => Promise<unknown>;
  tool: (call: CallTool, number: number) => Promise<unknown>;
  plugin?: string[];
}

interface Live {
  metadata: { name: string; uid: string };
  status: { currentPodHash: string };
}

/** Patches the status of the rollout that is measured. */
export const toStatus = (send: Send, status: object) =>
  send('PATCH', `${ROLLOUTS}/target/status`, { status }, { 'content-type': MERGE });
/** Patches its spec. */
export const toSpec = (send: Send, spec: object) =>
  send('PATCH', `${ROLLOUTS}/target`, { spec }, { 'content-type': MERGE });
const read = async (send: Send) => JSON.parse(await send('GET', `${ROLLOUTS}/target`)) as Live;

/** The status of a canary at its first pause. */
export const PAUSED = {
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

/** Operations that can be done again and again. */
export const OPERATIONS: Operation[] = [
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
  {
    name: 'argo_rollout_restart',
    async raw(send, number) {
      await read(send);
      await toSpec(send, { restartAt: new Date(number * 1_000).toISOString() });
    },
    tool: (call) => call('argo_rollout_restart', TARGET),
    plugin: ['restart', 'target'],
  },
];

/** Pairs of verbs of which each makes sense after the other. */
export const PAIRS: [Operation, Operation][] = [
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
export const PROMOTIONS = [
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
