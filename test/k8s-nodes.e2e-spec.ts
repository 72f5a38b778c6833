import { afterAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { useServer } from './support/use-server.js';

const node_name = 'node-3';

const server = useServer();
afterAll(() => kubectl('uncordon', node_name));

const isCordoned = async () =>
  (await kubectl('get', 'node', node_name, '-o', 'jsonpath={.spec.unschedulable}')) === 'true';

describe('k8s_cordon and k8s_uncordon', () => {
  it.each(['textOf', 'textOverMcp'] as const)(
    'keep new pods off a node and let them on again, by %s',
    async (door) => {
      const set = (tool: string) => server[door](tool, { node_name });
      const cordoned = await set('k8s_cordon');
      expect(cordoned).toMatch(/^node\/node-3 cordoned\n/);
      expect(cordoned).toContain('+  unschedulable: true');
      expect(await isCordoned()).toBe(true);
      expect(await set('k8s_cordon')).toBe('node/node-3 already cordoned');
      expect(await set('k8s_uncordon')).toMatch(/^node\/node-3 uncordoned\n/);
      expect(await isCordoned()).toBe(false);
      expect(await set('k8s_uncordon')).toBe('node/node-3 already uncordoned');
    },
  );

  it('change nothing in a dry run', async () => {
    expect(await server.textOverMcp('k8s_cordon', { node_name, dry_run: true })).toMatch(
      /cordoned \(dry run: nothing was changed\)/,
    );
    expect(await isCordoned()).toBe(false);
  });

  it('name the nearest nodes when one is unknown', async () => {
    expect(await server.call('k8s_cordon', { node_name: 'node3' })).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: expect.stringContaining('node-3') },
    });
    expect(await server.call('k8s_uncordon', { node_name: 'somewhere' })).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('k8s_get') },
    });
  });
});
