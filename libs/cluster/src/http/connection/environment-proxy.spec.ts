import { describe, expect, it } from 'vitest';
import { environmentProxy } from './environment-proxy.js';

const PROXY = 'http://proxy.test:3128';

const proxyOf = (server: string, environment: Record<string, string>) =>
  environmentProxy(new URL(server), environment)?.href;

describe(environmentProxy.name, () => {
  it.each([
    ['https://api.test', { HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ['https://api.test', { https_proxy: 'proxy.test:3128' }, `${PROXY}/`],
    ['https://api.test', { HTTPS_PROXY: '', https_proxy: PROXY }, `${PROXY}/`],
    ['https://api.test', { HTTPS_PROXY: 'socks5://proxy.test:1080' }, 'socks5://proxy.test:1080'],
    ['https://api.test', { HTTP_PROXY: PROXY }, undefined],
    ['http://api.test', { HTTP_PROXY: PROXY }, `${PROXY}/`],
    ['https://api.test', {}, undefined],
  ])('finds that for %s in %j', (server, environment, proxy) => {
    expect(proxyOf(server, environment)).toBe(proxy);
  });

  it.each([
    ['https://localhost:6443', ''],
    ['https://127.0.0.9:6443', ''],
    ['https://[::1]:6443', ''],
    ['https://api.test', '*'],
    ['https://api.test', 'other.test, api.test'],
    ['https://a.api.test', 'api.test'],
    ['https://a.api.test', '.API.test'],
    ['https://a.api.test', '*.api.test'],
    ['https://api.test:6443', 'api.test:6443'],
    ['https://api.test', 'api.test:443'],
    ['https://10.96.0.1', '10.0.0.0/8'],
    ['https://10.96.0.1', '10.96.0.1'],
    ['https://10.96.0.1:6443', '10.96.0.1:6443'],
    ['https://[fd00::1]', 'fd00::/8'],
    ['https://[fd00::1]:6443', '[fd00::1]:6443'],
    ['https://[fd00::1]', 'fd00::1'],
  ])('leaves %s to itself with NO_PROXY=%s', (server, exempt) => {
    expect(proxyOf(server, { HTTPS_PROXY: PROXY, NO_PROXY: exempt })).toBeUndefined();
    expect(proxyOf(server, { https_proxy: PROXY, no_proxy: exempt })).toBeUndefined();
  });

  it.each([
    ['https://api.test', 'test.api, pi.test'],
    ['https://api.test', '.api.test'],
    ['https://api.test', '*.api.test'],
    ['https://api.test:6443', 'api.test:443'],
    ['https://11.0.0.1', '10.0.0.0/8, 11.0.0.1/x, 11.0.0.1/99, fd00::/8'],
    ['https://api.test', '10.0.0.0/8'],
  ])('is for %s also with NO_PROXY=%s', (server, exempt) => {
    expect(proxyOf(server, { HTTPS_PROXY: PROXY, NO_PROXY: exempt })).toBe(`${PROXY}/`);
  });

  it.each(['http://', 'ftp://proxy.test', 'a b'])('says that %j is wrong', (text) => {
    expect(() => proxyOf('https://api.test', { HTTPS_PROXY: text })).toThrow(
      'HTTPS_PROXY is not the address of a proxy. Its scheme must be one of http, https, socks5, socks5h.',
    );
  });
});
