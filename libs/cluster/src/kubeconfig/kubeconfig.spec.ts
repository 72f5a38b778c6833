import { describe, expect, it } from 'vitest';
import { documentOf, parseKubeconfig, type KubeconfigDocument } from './kubeconfig-document.js';
import { besideFile, Kubeconfig } from './kubeconfig.js';

function document(text: string, file = '/config'): KubeconfigDocument {
  return documentOf(file, parseKubeconfig(text));
}

const TWO = `
clusters: [{name: c, cluster: {server: https://c}}, {name: d, cluster: {server: https://d}}]
users: [{name: u, user: {token: abc}}]
contexts: [{name: a, context: {cluster: c, user: u}}, {name: b, context: {cluster: d, user: u}}]
`;

describe('Kubeconfig', () => {
  it('merges files so that the first to name a thing wins', () => {
    const kubeconfig = new Kubeconfig([
      document(
        'current-context: b\nclusters: [{name: c, cluster: {server: https://first}}]\ncontexts: [{name: a, context: {cluster: c}}]',
        '/first',
      ),
      document(
        'current-context: a\nclusters: [{name: c, cluster: {server: https://second}}, {name: d, cluster: {}}]\ncontexts: [{name: b, context: {}}, {name: a, context: {cluster: d}}]',
        '/second',
      ),
    ]);
    expect(kubeconfig.currentContext).toBe('b');
    expect(kubeconfig.contextNames).toEqual(['a', 'b']);
    expect(kubeconfig.entry('clusters', 'c')).toMatchObject({
      file: '/first',
      fields: { server: 'https://first' },
    });
    expect(kubeconfig.entry('clusters', 'd')?.file).toBe('/second');
    expect(kubeconfig.entry('contexts', 'a')?.fields).toEqual({ cluster: 'c' });
  });

  it('tells contexts that are reached in another way from those that are not', () => {
    const before = new Kubeconfig([document(TWO)]);
    const sameIn = (text: string, file?: string) => {
      const now = new Kubeconfig([document(text, file)]);
      return ['a', 'b'].filter((context) => now.hasSame(context, before));
    };
    expect(sameIn(`current-context: b\n${TWO}`)).toEqual(['a', 'b']);
    expect(sameIn(TWO.replace('https://c', 'https://other'))).toEqual(['b']);
    expect(sameIn(TWO.replace('cluster: d, user: u', 'cluster: d, user: none'))).toEqual(['a']);
    expect(sameIn(TWO.replace('abc', 'def'))).toEqual([]);
    // The files that it names are others.
    expect(sameIn(TWO, '/other/config')).toEqual([]);
  });
});

describe('documentOf', () => {
  it('says what is wrong, without the content of the file', () => {
    const { problems, sections } = document('users:\n  - name: x\n   token: verysecret\n');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/ at line 3, column/);
    expect(problems[0]).not.toContain('verysecret');
    expect(sections.users.size).toBe(0);
  });

  it.each([
    ['just text', 'not a kubeconfig'],
    ['contexts: {a: b}', '"contexts" is not a list'],
    ['users: [{user: {}}]', 'an entry of "users" has no name'],
  ])('says what is wrong with %j', (text, problem) => {
    expect(document(text).problems).toEqual([problem]);
  });
});

describe('besideFile', () => {
  it('takes paths as meant from the file that they stand in', () => {
    expect(besideFile('/home/a/.kube/config', 'ca.pem')).toBe('/home/a/.kube/ca.pem');
    expect(besideFile('/home/a/.kube/config', '/etc/ca.pem')).toBe('/etc/ca.pem');
  });
});
