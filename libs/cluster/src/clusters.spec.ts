import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Programs } from '#cli';
import type { ClusterConfig } from './cluster.config.js';
import { Clusters } from './clusters.js';
import { Gate } from './gate/gate.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'clusters-'))));
afterEach(() => rmSync(folder, { recursive: true }));

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
  return new Clusters(config, new Programs({ maxPrograms: 1 }), new Gate());
}

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
