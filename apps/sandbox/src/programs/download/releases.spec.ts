import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectedFiles, manifestFile, sandboxModules } from '../modules.js';
import { assetsDir } from '../../paths.js';
import { releasesFor } from './releases.js';

const linux = releasesFor({ os: 'linux', arch: 'x64' })!;

describe('what is released', () => {
  it('is all that is built, for both architectures', () => {
    for (const arch of ['x64', 'arm64'] as const) {
      const { programs, manifests } = releasesFor({ os: 'linux', arch })!;
      const files = [...Object.keys(programs), ...Object.keys(manifests).map(manifestFile)];
      expect(files.toSorted()).toEqual(sandboxModules.flatMap(expectedFiles).toSorted());
    }
  });

  it('is not there for other systems', () => {
    expect(releasesFor({ os: 'darwin', arch: 'arm64' })).toBeUndefined();
    expect(releasesFor({ os: 'linux', arch: 'riscv64' })).toBeUndefined();
  });

  it('has the versions that are built', () => {
    const modules = ['kubernetes', 'kwok'].map((name) =>
      readFileSync(assetsDir('go', name, 'go.mod'), 'utf8'),
    );
    const urls = JSON.stringify(linux);
    const versionOf = (path: string) =>
      // A replacement comes after what it replaces.
      modules.flatMap((text) => text.match(new RegExp(`${path} (v[\\d.]+)`, 'g')) ?? []).at(-1);
    for (const path of [
      'k8s.io/kubernetes',
      'go.etcd.io/etcd/server/v3',
      'helm.sh/helm/v3',
      'github.com/argoproj/argo-rollouts',
      'sigs.k8s.io/kwok',
    ]) {
      expect(urls).toContain(versionOf(path)!.split(' ').at(-1));
    }
  });
});
