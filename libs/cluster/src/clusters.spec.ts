import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Programs } from '#cli';
import type { ClusterConfig } from './cluster.config.js';
import { Clusters } from './clusters.js';
import { Gate } from './gate/gate.js';

let folder: string;
const open: Clusters[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clusters-'));
  for (const level of ['log', 'warn'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation(() => {});
  }
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((all) => all.onApplicationShutdown()));
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

function clusters(
  kubeconfig: string,
  inCluster?: ClusterConfig['inCluster'],
  defaultContext?: string,
): Clusters {
  const path = join(folder, 'config');
  writeFileSync(path, kubeconfig);
  const config = {
    kubeconfigPaths: [path],
    inCluster,
    defaultContext,
    maxReadBytes: 1_000_000,
    userAgent: 'skyflo-mcp/test',
  };
  const all = new Clusters(config, new Programs({ maxPrograms: 1 }), new Gate());
  open.push(all);
  return all;
}

/** The second one cannot be used. */
const TWO = `
clusters: [{name: c, cluster: {server: 'https://one.test'}}]
contexts: [{name: one, context: {cluster: c}}, {name: broken, context: {cluster: none}}]
`;

describe('Clusters', () => {
  it('gives the current context when none is named', () => {
    const all = clusters(`current-context: one\n${TWO}`);
    expect(all).toMatchObject({ names: ['one', 'broken'], defaultName: 'one' });
    expect(all.get().server).toBe('https://one.test');
  });

  it('gives the same cluster each time', () => {
    const all = clusters(TWO);
    expect(all.get('one')).toBe(all.get('one'));
  });

  it('keeps a broken context from breaking the others', () => {
    const all = clusters(TWO);
    expect(() => all.get('broken')).toThrow('The context "broken" of the kubeconfig names "none"');
    expect(all.get('one').name).toBe('one');
  });

  it('lists the contexts when an unknown one is named, or none where there is no current one', () => {
    expect(() => clusters(TWO).get('two')).toThrow('Unknown context "two". Contexts: one, broken.');
    expect(() => clusters(TWO).get()).toThrow('Name a context: one, broken.');
  });

  it('uses no other context where the current one is not there', () => {
    const several = clusters(`current-context: gone\n${TWO}`);
    expect(several.defaultName).toBeUndefined();
    expect(() => several.get()).toThrow(
      'The current-context of the kubeconfig, "gone", is not one of its contexts. Name a context: one, broken.',
    );
    const [one] = TWO.split(', {name: broken');
    expect(() => clusters(`current-context: gone\n${one}]`).get()).toThrow(
      'The current-context of the kubeconfig, "gone", is not one of its contexts. Set current-context to one.',
    );
  });

  it('starts without any cluster and says how to configure one', () => {
    const none = clusters('');
    expect(none.names).toEqual([]);
    expect(() => none.get()).toThrow(/^No cluster is configured\. Write a kubeconfig/);
    expect(() => clusters('a: [').get()).toThrow(
      'The kubeconfig cannot be used. A part of it cannot be read; the log of the server says which and why. Write a kubeconfig',
    );
  });

  it('uses the service account of its pod where there is no kubeconfig', async () => {
    writeFileSync(join(folder, 'token'), 'abc\n');
    writeFileSync(join(folder, 'namespace'), 'agents');
    const all = clusters('', { host: 'fd00::1', port: '443', serviceAccountPath: folder });
    expect(all.names).toEqual(['in-cluster']);
    expect(all.get()).toMatchObject({ server: 'https://[fd00::1]', namespace: 'agents' });
    await expect(all.get().request('/version')).rejects.toThrow('service account ca.crt');
  });
});

describe('Clusters, as their files change', () => {
  const config = () => join(folder, 'config');
  const account = () => ({ host: 'pod.test', port: '443', serviceAccountPath: folder });
  const call = (context?: string) => ({ shared: { context } });

  async function expectNames(all: Clusters, ...names: string[]): Promise<void> {
    await vi.waitFor(() => expect(all.names).toEqual(names), 10_000);
  }

  it('keeps the clusters of contexts that stay the same, and no others', async () => {
    const all = clusters(TWO);
    const one = all.get('one');
    const text = `clusters: [{name: c, cluster: {server: 'https://one.test'}}, {name: d, cluster: {server: 'https://SERVER'}}]
contexts: [{name: one, context: {cluster: c}}, {name: broken, context: {cluster: d}}]
`;
    writeFileSync(config(), text.replace('SERVER', 'two.test'));
    await vi.waitFor(() => expect(all.get('broken').server).toBe('https://two.test'), 10_000);
    const two = all.get('broken');
    writeFileSync(config(), text.replace('SERVER', 'three.test'));
    await vi.waitFor(() => expect(all.get('broken').server).toBe('https://three.test'), 10_000);
    expect(all.get('one')).toBe(one);
    expect(all.get('broken')).not.toBe(two);
  });

  it('lets a call keep the cluster that it began with', async () => {
    const all = clusters(TWO);
    const begun = call('one');
    const cluster = all.of(begun);
    writeFileSync(config(), TWO.replaceAll('one', 'other'));
    await expectNames(all, 'other', 'broken');
    expect(all.of(begun)).toBe(cluster);
    expect(() => all.of(call('one'))).toThrow('Unknown context "one". Contexts: other, broken.');
  });

  it('tells of contexts that come and of another default one, not of the rest', async () => {
    const all = clusters(`current-context: one\n${TWO}`);
    let told = 0;
    all.onChange(() => (told += 1));
    writeFileSync(config(), `current-context: one\n# A remark.\n${TWO}`);
    await setTimeout(500);
    expect(told).toBe(0);
    writeFileSync(config(), `current-context: broken\n${TWO}`);
    await vi.waitFor(() => expect([all.defaultName, told]).toEqual(['broken', 1]), 10_000);
  });

  it('offers the account of the pod beside a kubeconfig, once there is one', async () => {
    const all = clusters(TWO.replace(', {name: broken, context: {cluster: none}}', ''), account());
    expect(all).toMatchObject({ names: ['one'], defaultName: 'one' });
    writeFileSync(join(folder, 'token'), 'abc');
    await expectNames(all, 'one', 'in-cluster');
    expect(all.defaultName).toBe('one');
    expect(all.get('in-cluster').server).toBe('https://pod.test');
    writeFileSync(config(), TWO.replaceAll('broken', 'in-cluster').replace('none', 'c'));
    await vi.waitFor(() => expect(all.get('in-cluster').server).toBe('https://one.test'), 10_000);
  });

  it('takes the default context of the settings, and no other one in its place', () => {
    const kubeconfig = `current-context: one\n${TWO}`;
    expect(clusters(kubeconfig, undefined, 'broken').defaultName).toBe('broken');
    const none = clusters(kubeconfig, undefined, 'gone');
    expect(() => none.get()).toThrow(
      'The setting DEFAULT_CONTEXT, "gone", is not one of the contexts. Name a context: one, broken.',
    );
  });

  it('has a lane for each cluster, which knows whether it is the only one', async () => {
    const all = clusters(TWO);
    const lane = all.laneOf('one');
    expect([lane?.name, lane?.isOnly, all.laneOf('one') === lane]).toEqual(['one', false, true]);
    expect([all.laneOf('broken'), all.laneOf('none'), all.laneOf()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    writeFileSync(config(), TWO.replace(', {name: broken, context: {cluster: none}}', ''));
    await vi.waitFor(() => expect(lane?.isOnly).toBe(true), 10_000);
  });
});
