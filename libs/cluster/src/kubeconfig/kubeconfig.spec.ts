import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { besideFile, Kubeconfig } from './kubeconfig.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('Kubeconfig', () => {
  it('merges files so that the first to name a thing wins', () => {
    const first = file(
      'first',
      'current-context: b\nclusters: [{name: c, cluster: {server: https://first}}]\ncontexts: [{name: a, context: {cluster: c}}]',
    );
    const second = file(
      'second',
      'current-context: a\nclusters: [{name: c, cluster: {server: https://second}}, {name: d, cluster: {}}]\ncontexts: [{name: b, context: {}}, {name: a, context: {cluster: d}}]',
    );
    const kubeconfig = new Kubeconfig([first, second]);
    expect(kubeconfig.currentContext).toBe('b');
    expect(kubeconfig.contextNames).toEqual(['a', 'b']);
    expect(kubeconfig.entry('clusters', 'c')).toMatchObject({
      file: first,
      fields: { server: 'https://first' },
    });
    expect(kubeconfig.entry('clusters', 'd')?.file).toBe(second);
    expect(kubeconfig.entry('contexts', 'a')?.fields).toEqual({ cluster: 'c' });
  });

  it('passes over files that do not exist', () => {
    const kubeconfig = new Kubeconfig([join(folder, 'none')]);
    expect(kubeconfig).toMatchObject({ contextNames: [], problems: [] });
  });

  it('names a file that is broken, without its content, and reads the others', () => {
    const broken = file('broken', 'users:\n  - name: x\n   token: verysecret\n');
    const good = file('good', 'contexts: [{name: a, context: {}}]');
    const kubeconfig = new Kubeconfig([broken, good]);
    expect(kubeconfig.contextNames).toEqual(['a']);
    expect(kubeconfig.problems).toHaveLength(1);
    expect(kubeconfig.problems[0]).toContain(`${broken}: `);
    expect(kubeconfig.problems[0]).not.toContain('verysecret');
  });

  it.each([
    ['just text', 'not a kubeconfig'],
    ['contexts: {a: b}', '"contexts" is not a list'],
    ['users: [{user: {}}]', 'an entry of "users" has no name'],
  ])('says what is wrong with %j', (text, problem) => {
    const path = file('odd', text);
    expect(new Kubeconfig([path]).problems).toEqual([`${path}: ${problem}`]);
  });

  it('takes paths as meant from the file that they stand in', () => {
    expect(besideFile('/home/a/.kube/config', 'ca.pem')).toBe('/home/a/.kube/ca.pem');
    expect(besideFile('/home/a/.kube/config', '/etc/ca.pem')).toBe('/etc/ca.pem');
  });
});
