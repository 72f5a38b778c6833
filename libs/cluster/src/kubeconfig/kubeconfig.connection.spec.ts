import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Programs } from '#cli';
import { KubeconfigConnection } from './kubeconfig.connection.js';
import { documentOf } from './kubeconfig-document.js';
import { Kubeconfig } from './kubeconfig.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'connection-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function connect(user: object, cluster: object = {}, context: object = {}): KubeconfigConnection {
  const value = {
    clusters: [{ name: 'c', cluster: { server: 'https://api.test:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'lab', context: { cluster: 'c', user: 'u', ...context } }],
  };
  const kubeconfig = new Kubeconfig([documentOf(join(folder, 'config'), { value })]);
  return new KubeconfigConnection(kubeconfig, 'lab', new Programs({ maxPrograms: 1 }));
}

describe('KubeconfigConnection', () => {
  it('reads server, namespace and TLS settings', () => {
    const cluster = {
      'certificate-authority-data': Buffer.from(PEM).toString('base64'),
      'tls-server-name': 'other.test',
      'insecure-skip-tls-verify': true,
      'proxy-url': 'http://proxy.test:3128',
    };
    const connection = connect({}, cluster, { namespace: 'shop' });
    expect(connection.server.href).toBe('https://api.test:6443/');
    expect(connection.namespace).toBe('shop');
    expect(connection.proxy?.href).toBe('http://proxy.test:3128/');
    expect(connection.tls()).toEqual({
      ca: PEM,
      cert: undefined,
      key: undefined,
      servername: 'other.test',
      rejectUnauthorized: false,
    });
  });

  it('reads certificate files beside the kubeconfig, and the same options until they change', () => {
    write('client.pem', PEM);
    write('client.key', PEM);
    const connection = connect({ 'client-certificate': 'client.pem', 'client-key': 'client.key' });
    expect(connection.tls()).toMatchObject({ cert: PEM, key: PEM, rejectUnauthorized: true });
    expect(connection.tls()).toBe(connection.tls());
    expect(connection.namespace).toBe('default');
  });

  it.each([
    [{ token: 'abc' }, 'Bearer abc'],
    [{ username: 'jo', password: 'pw' }, `Basic ${Buffer.from('jo:pw').toString('base64')}`],
    [{}, undefined],
  ])('makes the authorization of %j', (user, expected) => {
    expect(connect(user).authorization()).toBe(expected);
  });

  it('reads a token file again after it has changed', () => {
    const path = write('token', 'first\n');
    const connection = connect({ tokenFile: 'token', token: 'unused' });
    expect(connection.authorization()).toBe('Bearer first');
    write('token', 'second\n');
    utimesSync(path, new Date(), new Date(Date.now() + 5_000));
    expect(connection.renew()).toBe(true);
    expect(connection.authorization()).toBe('Bearer second');
  });

  it('impersonates', () => {
    const user = {
      as: 'jane',
      'as-uid': '42',
      'as-groups': ['dev', 'ops'],
      'as-user-extra': { 'acme.io/Team': ['a'] },
    };
    expect(connect(user).headers).toEqual({
      'impersonate-user': 'jane',
      'impersonate-uid': '42',
      'impersonate-group': ['dev', 'ops'],
      'impersonate-extra-acme.io%2Fteam': ['a'],
    });
  });

  it('names what a context refers to in vain', () => {
    expect(() => connect({}, {}, { user: 'nobody' })).toThrow(
      'The context "lab" of the kubeconfig names "nobody", which is not in "users".',
    );
    expect(() => connect({}, {}, { cluster: '' })).toThrow('context "lab": cluster is missing.');
    expect(() => connect({}, { server: 'https://[' })).toThrow(
      'cluster "c": server is not a URL of one of the schemes http, https.',
    );
    expect(() => connect({}, { 'proxy-url': 'ftp://proxy.test' })).toThrow(
      'cluster "c": proxy-url is not a URL of one of the schemes http, https, socks5, socks5h.',
    );
  });

  it('says which file cannot be read by its field, not by its path', () => {
    const connection = connect({ 'client-certificate': 'none.pem' });
    expect(() => connection.tls()).toThrow(
      'The kubeconfig\'s user "u": client-certificate: cannot read its file (ENOENT).',
    );
  });

  it('names data that is not a certificate', () => {
    const connection = connect({ 'client-key-data': 'AAAA' });
    expect(() => connection.tls()).toThrow('user "u": client-key-data is not PEM text in base64.');
  });

  it('asks an exec plugin, which learns what is asked of it', async () => {
    const plugin = write(
      'plugin',
      `#!/bin/sh\necho "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$1 $(echo "$KUBERNETES_EXEC_INFO" | wc -l)\\"}}"\n`,
    );
    chmodSync(plugin, 0o755);
    const connection = connect({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: './plugin',
        args: ['hello'],
        interactiveMode: 'Never',
      },
    });
    expect([connect({ token: 'abc' }).isAtHand, connection.isAtHand]).toEqual([true, false]);
    expect(await connection.tls()).toMatchObject({ cert: undefined });
    expect(await connection.authorization()).toBe('Bearer hello 1');
    expect(connection.isAtHand).toBe(true);
    connection.renew();
    expect(connection.isAtHand).toBe(false);
  });

  it('says how a failing exec plugin ended, and what it said in the log alone', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const connection = connect({
      exec: { command: 'sh', args: ['-c', 'echo token abc is old >&2; exit 3'] },
    });
    await expect(connection.authorization()).rejects.toMatchObject({
      code: 'unavailable',
      message:
        'Context "lab", user "u": the credential plugin (exec) ended with exit code 3. The log of the server has its output.',
    });
    expect(warn.mock.calls).toEqual([
      [expect.objectContaining({ kubeContext: 'lab', said: 'token abc is old' })],
    ]);
    warn.mockRestore();
  });
});
