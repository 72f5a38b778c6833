import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { STORIES } from './support/argo-stories.js';
import { kubectl } from './support/kubectl.js';
import { createObjects, namespace as namespaceOf, workload } from './support/manifest.js';
import { analysisTemplate, startMetricServer, type MetricServer } from './support/metric-server.js';
import {
  blueGreen,
  canary,
  isPhase,
  liveRollout,
  restDoor,
  untilRollout,
  type Door,
} from './support/rollouts.js';
import { startServer, type RunningServer } from './support/server.js';
import { describeSideBySide } from './support/side-by-side.js';

/**
 * Equal rollouts in two namespaces: the plugin changes those of one, the tools those of the other.
 */
const BY_PLUGIN = 'argo-by-plugin';
const BY_TOOL = 'argo-by-tool';

let server: RunningServer;
let metric: MetricServer;
let door: Door;
beforeAll(async () => {
  metric = await startMetricServer(0.5);
  await createObjects(namespaceOf(BY_PLUGIN), namespaceOf(BY_TOOL));
  await createObjects(...[BY_PLUGIN, BY_TOOL].flatMap((namespace) => rolloutsIn(namespace)));
  server = await startServer();
  door = restDoor(server.url, { namespace: BY_TOOL });
});
afterAll(async () => {
  metric.close();
  await server.stop();
  await kubectl('delete', 'namespace', BY_PLUGIN, BY_TOOL, '--wait=false');
});

function rolloutsIn(namespace: string): object[] {
  const pauses = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];
  const analysis = (templateName: string) => ({ analysis: { templates: [{ templateName }] } });
  const template = (name: string, spec: object) =>
    analysisTemplate({ namespace, name }, metric.url, spec);
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'referring' };
  return [
    template('endless', { interval: '1s', count: 1000, failureLimit: 1000 }),
    template('unsure', { failureCondition: 'result < 0.1' }),
    canary({ namespace, name: 'web' }, pauses),
    canary({ namespace, name: 'measured' }, [{ setWeight: 50 }, analysis('endless')]),
    canary({ namespace, name: 'unsure' }, [{ setWeight: 25 }, analysis('unsure'), { pause: {} }]),
    canary({ namespace, name: 'trial' }, [
      {
        experiment: {
          templates: [{ name: 'baseline', specRef: 'stable' }],
          analyses: [{ name: 'trial', templateName: 'endless' }],
        },
      },
    ]),
    ...blueGreen({ namespace, name: 'green' }),
    workload('Deployment', { namespace, name: 'referring' }, { app: 'app:1' }, { replicas: 0 }),
    canary({ namespace, name: 'referring' }, pauses.slice(0, 2), {
      template: undefined,
      workloadRef: reference,
    }),
  ];
}

const plugin = (namespace: string, args: string[]) =>
  kubectl('argo', 'rollouts', ...args, '-n', namespace);

/** An object as it would be in any namespace at any time. */
function timeless(object: unknown): unknown {
  const text = JSON.stringify(object, (key, value: unknown) => {
    // In the order in which they last changed, which may be by milliseconds.
    if (key === 'conditions') return (value as { type: string }[]).toSorted(byType);
    return ['uid', 'resourceVersion', 'managedFields', 'namespace'].includes(key)
      ? undefined
      : value;
  });
  return JSON.parse(text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'));
}

function byType(a: { type: string }, b: { type: string }): number {
  return a.type < b.type ? -1 : 1;
}

const objectIn = async (namespace: string, target: string) =>
  timeless(JSON.parse(await kubectl('get', target, '-n', namespace, '-o', 'json')));

describeSideBySide(
  Object.entries(STORIES),
  ([name]) => `the rollout ${name}`,
  ([name, steps]) => {
    const targets = [`rollout/${name}`, ...(name === 'referring' ? [`deployment/${name}`] : [])];

    it('is healthy in both namespaces', async () => {
      for (const namespace of [BY_PLUGIN, BY_TOOL]) {
        const { status } = await untilRollout(namespace, name, isPhase('Healthy'));
        expect(status?.phase).toBe('Healthy');
      }
    });

    it.each(steps.map((step, index) => ({ what: `${index + 1}. ${step.plugin.join(' ')}`, step })))(
      'is the same after $what by the plugin and by the tool',
      async ({ step }) => {
        await plugin(
          BY_PLUGIN,
          step.plugin.map((word) => (word === 'NAME' ? name : word)),
        );
        const [tool, args] = step.tool;
        await door.text(tool, { name, ...args });
        await Promise.all(
          [BY_PLUGIN, BY_TOOL].map((namespace) => untilRollout(namespace, name, step.reached)),
        );
        await vi.waitFor(
          async () => {
            for (const target of targets) {
              expect(await objectIn(BY_TOOL, target)).toEqual(await objectIn(BY_PLUGIN, target));
            }
          },
          { timeout: 30_000, interval: 100 },
        );
        await expectSameViews(name);
      },
    );
  },
);

describe('the rollout trial', () => {
  it('is shown with its experiment, what that runs and what it measures', async () => {
    await untilRollout(BY_TOOL, 'trial', isPhase('Healthy'));
    await door.text('argo_set_image', { name: 'trial', image: 'app:2' });
    const shown = await vi.waitFor(
      async () => {
        const text = await door.text('argo_describe', { name: 'trial' });
        expect(text).toMatch(/Σ trial-\S+ +Experiment +◌ Running/);
        expect(text).toMatch(/α trial-\S+ +AnalysisRun +◌ Running +\S+ +✖ [2-9]/);
        return text;
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(shown).toMatch(/app:1 \(stable, Σ:baseline\)/);
    await expectSameViews('trial');
    const experiments = await door.text('argo_list_experiments', { rollout_name: 'trial' });
    expect(JSON.parse(experiments)).toMatchObject({
      items: [{ kind: 'Experiment', metadata: { ownerReferences: [{ name: 'trial' }] } }],
    });
    expect(await door.text('argo_list_experiments', {})).toMatch(/^NAME +STATUS +AGE\ntrial-/);
  });
});

/** That the tools say what the plugin says of the rollouts that the tools changed. */
async function expectSameViews(name: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const [get, status] = await Promise.all([
        plugin(BY_TOOL, ['get', 'rollout', name, '--no-color']),
        plugin(BY_TOOL, ['status', name, '--watch=false']).catch(({ stdout }) => String(stdout)),
      ]);
      const described = await door.text('argo_describe', { name });
      const line = await door.text('argo_status', { name });
      const [ours = ''] = described.split('\n\nConditions:');
      expect(withoutAges(ours)).toBe(withoutAges(get));
      const { message } = (await liveRollout(BY_TOOL, name)).status;
      const isTold = status.includes(' - ');
      const shown = isTold ? `${status.trim()} |` : status.trim();
      expect(line.startsWith(shown), `${line}\n${status} (${message})`).toBe(true);
    },
    { timeout: 30_000, interval: 100 },
  );
}

/** The text without the ages, and whatever space they take. */
function withoutAges(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/ \d+[smhd](\d+[smhd])? */, ' AGE ').replaceAll(/ +/g, ' '))
    .map((line) => line.replace(/delay:\S+/, 'delay').trimEnd())
    .join('\n')
    .trim();
}
