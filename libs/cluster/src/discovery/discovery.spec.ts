import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readAggregated, type AggregatedDiscovery, type Catalogue } from './discovery-documents.js';
import { fetchCatalogue, type GetJson } from './discovery-fetch.js';
import { Discovery } from './discovery.js';

const AGGREGATED: AggregatedDiscovery = {
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: { name: 'apps' },
      versions: [
        {
          version: 'v1',
          freshness: 'Current',
          resources: [
            {
              resource: 'deployments',
              responseKind: { kind: 'Deployment' },
              scope: 'Namespaced',
              singularResource: 'deployment',
              verbs: ['get', 'list'],
              shortNames: ['deploy'],
              categories: ['all'],
              subresources: [{ subresource: 'scale' }],
            },
          ],
        },
      ],
    },
    { metadata: { name: 'broken.io' }, versions: [{ version: 'v1', freshness: 'Stale' }] },
  ],
};

type Fetch = () => Promise<Catalogue>;

describe('Discovery', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('reads once for all who wait, also when one of them gives up', async () => {
    const answer = Promise.withResolvers<Catalogue>();
    const fetch = vi.fn<Fetch>(() => answer.promise);
    const discovery = new Discovery(fetch);
    const stop = new AbortController();
    const impatient = discovery.resolve('deploy', stop.signal);
    const patient = discovery.resolve('deployment');
    stop.abort();
    await expect(impatient).rejects.toMatchObject({ code: 'cancelled' });
    answer.resolve(readAggregated(AGGREGATED));
    await expect(patient).resolves.toMatchObject({ kind: 'Deployment', subresources: ['scale'] });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('reads anew for an unknown name, but not for a stream of them', async () => {
    const fetch = vi.fn<Fetch>(async () => readAggregated(AGGREGATED));
    const discovery = new Discovery(fetch);
    await discovery.resolve('deploy');
    await expect(discovery.resolve('deploymnet')).rejects.toMatchObject({
      code: 'not_found',
      message:
        'Unknown resource type "deploymnet". Nearest: deployments (deploy). These APIs do not answer now: broken.io/v1.',
    });
    expect(fetch).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2_001);
    await expect(discovery.resolve('deploymnet')).rejects.toMatchObject({ code: 'not_found' });
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('answers from memory while it reads anew what is old', async () => {
    const fetch = vi.fn<Fetch>(async () => readAggregated(AGGREGATED));
    const discovery = new Discovery(fetch);
    await discovery.resolve('deploy');
    vi.advanceTimersByTime(11 * 60_000);
    fetch.mockRejectedValueOnce(new Error('away'));
    await discovery.resolve('deploy');
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('knows for a while what is served, and asks soon again for what is not', async () => {
    const fetch = vi.fn<Fetch>(async () => readAggregated(AGGREGATED));
    const discovery = new Discovery(fetch);
    const serves = (type: string) => discovery.serves(type, 30_000);
    expect(await serves('deployments.v1.apps')).toBe(true);
    expect(await serves('rollouts.v1alpha1.argoproj.io')).toBe(false);
    expect(fetch).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2_001);
    expect(await serves('deployments.v1.apps')).toBe(true);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(await serves('rollouts.v1alpha1.argoproj.io')).toBe(false);
    expect(fetch).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(30_001);
    fetch.mockResolvedValueOnce({ resources: [], stale: [] });
    expect(await serves('deployments.v1.apps')).toBe(false);
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('forgets when told to', async () => {
    const fetch = vi.fn<Fetch>(async () => readAggregated(AGGREGATED));
    const discovery = new Discovery(fetch);
    await discovery.resolve('deploy');
    discovery.invalidate();
    await discovery.resolve('deploy');
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('gives the listable types of a category', async () => {
    const discovery = new Discovery(async () => readAggregated(AGGREGATED));
    expect((await discovery.category('ALL')).map(({ plural }) => plural)).toEqual(['deployments']);
    expect(await discovery.category('none')).toEqual([]);
  });
});

describe('fetchCatalogue', () => {
  it('reads the older form group by group, preferred versions first, and survives a broken group', async () => {
    const answers: Record<string, unknown> = {
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          {
            name: 'autoscaling',
            preferredVersion: { version: 'v2' },
            versions: [
              { groupVersion: 'autoscaling/v1', version: 'v1' },
              { groupVersion: 'autoscaling/v2', version: 'v2' },
            ],
          },
          {
            name: 'broken.io',
            preferredVersion: { version: 'v1' },
            versions: [{ groupVersion: 'broken.io/v1', version: 'v1' }],
          },
        ],
      },
      '/api/v1': {
        groupVersion: 'v1',
        resources: [
          { name: 'pods', singularName: '', kind: 'Pod', namespaced: true },
          { name: 'pods/log', kind: 'Pod', namespaced: true },
        ],
      },
    };
    for (const version of ['v1', 'v2']) {
      answers[`/apis/autoscaling/${version}`] = {
        groupVersion: `autoscaling/${version}`,
        resources: [{ name: 'hpas', kind: 'Hpa', namespaced: true }],
      };
    }
    const get: GetJson = <T>(path: string) =>
      path in answers ? Promise.resolve(answers[path] as T) : Promise.reject(new Error('503'));
    const { resources, stale } = await fetchCatalogue(get);
    expect(resources.map((resource) => resource.path())).toEqual([
      '/api/v1/pods',
      '/apis/autoscaling/v2/hpas',
      '/apis/autoscaling/v1/hpas',
    ]);
    expect(resources[0]).toMatchObject({ singular: 'pod', subresources: ['log'] });
    expect(stale).toEqual(['broken.io/v1']);
  });
});
