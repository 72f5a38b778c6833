import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChartRepository } from './support/chart-repository.js';
import { ConnectProxy } from './support/connect-proxy.js';
import { helm4Env, ownHelmHome } from './support/helm.js';
import { OciRegistry } from './support/oci-registry.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

const CERTIFICATES = resolve('libs/cluster/fixtures');
const pem = (name: string) => readFileSync(join(CERTIFICATES, `${name}.pem`));
const TLS = { cert: pem('server'), key: pem('server-key') };

/**
 * Loopback by a name for which Go uses a proxy: it makes an exception of `localhost`, and none of
 * the same name with a dot at its end.
 */
const HOST = 'localhost.';

/** The address of a chart that a host redirects to another address. */
const redirected = (base: string, target: string) =>
  `${base}/to/${Buffer.from(target).toString('base64url')}/a.tgz`;

const portOf = (server: Server) => (server.address() as AddressInfo).port;

describe.each([3, 4])('what helm %i reaches while it downloads', (major) => {
  const HOME = ownHelmHome(`egress-${major}`);
  const env = {
    ...(major === 4 ? helm4Env() : {}),
    ...HOME,
    SSL_CERT_FILE: join(CERTIFICATES, 'ca.pem'),
  };
  const servers: Server[] = [];
  /** What the host that nobody may reach was asked for. */
  const inside: string[] = [];
  let insidePort: number;
  let charts: ChartRepository;
  let registry: OciRegistry;
  let proxy: ConnectProxy;
  let server: RunningServer;
  let plain: string;
  let secure: string;

  const listen = async (made: Server) => {
    made.listen(0, '127.0.0.1');
    await once(made, 'listening');
    servers.push(made);
    return portOf(made);
  };
  /** Serves the repository, and redirects. */
  const serve: RequestListener = ({ url: pathname = '' }, response) => {
    const [, to] = /^\/to\/([\w-]+)\/a\.tgz$/.exec(pathname) ?? [];
    if (to !== undefined) {
      const location = Buffer.from(to, 'base64url').toString();
      return response.writeHead(302, { location }).end();
    }
    if (pathname.startsWith('/slow')) return undefined;
    try {
      return response.end(readFileSync(join(charts.folder, basename(pathname))));
    } catch {
      return response.writeHead(404).end();
    }
  };

  beforeAll(async () => {
    charts = await ChartRepository.start(`egress-${major}`, ['1.0.0']);
    const ports = [await listen(createServer(serve)), await listen(createTlsServer(TLS, serve))];
    registry = await OciRegistry.start(join(charts.folder, 'greeter-1.0.0.tgz'), TLS);
    insidePort = await listen(
      createServer(({ url = '' }, response) => {
        inside.push(url);
        response.end();
      }),
    );
    plain = `http://${HOST}:${ports[0]}`;
    secure = `https://${HOST}:${ports[1]}`;
    const listed = [...ports, registry.port].map((port) => `localhost:${port}`);
    server = await startServer({ ...env, HELM_ALLOWED_HOSTS: listed.join(',') });
    proxy = await ConnectProxy.start(secure.replace(HOST, '127.0.0.1'));
  });
  afterAll(async () => {
    await server.stop();
    for (const one of [charts, registry, proxy]) one.stop();
    for (const one of servers) {
      one.closeAllConnections();
      one.close();
    }
  });

  const callAt = async (url: string, tool: string, args: Record<string, unknown> = {}) => {
    const { body } = await execute(url, tool, args);
    return { code: body.code, text: body.result ?? body.detail ?? '' };
  };
  const call = (tool: string, args: Record<string, unknown> = {}) => callAt(server.url, tool, args);
  const show = (chart: string) => call('helm_show_values', { chart });
  const expectRefused = (answer: { code: unknown; text: string }, host: string) => {
    expect([answer.code, answer.text]).toEqual([
      'forbidden',
      expect.stringContaining(`Nothing is downloaded from "${host}"`),
    ]);
    expect(answer.text).toContain('HELM_ALLOWED_HOSTS');
  };

  it('is what is listed, over TLS with the authority of SSL_CERT_FILE, and without', async () => {
    for (const base of [plain, secure]) {
      expect((await show(`${base}/greeter-1.0.0.tgz`)).text).toMatch(/^# Number of pods/);
      const added = await call('helm_repo_add', { name: 'listed', url: base });
      expect([added.code, added.text]).toEqual([undefined, expect.stringContaining('been added')]);
      expect((await show('listed/greeter')).code).toBeUndefined();
      await call('helm_repo_remove', { name: 'listed' });
    }
    const { text } = await show(`oci://${HOST}:${registry.port}/team/greeter`);
    expect(text).toMatch(/^# Number of pods/);
  });

  describe('by a redirect', () => {
    const TARGETS = [
      ['http://169.254.169.254/latest/meta-data', '169.254.169.254'],
      ['https://10.0.0.1/a.tgz', '10.0.0.1'],
      ['https://[fd00:ec2::254]/a.tgz', 'fd00:ec2::254'],
      ['https://2130706433/a.tgz', '127.0.0.1'],
    ] as const;

    it.each(TARGETS)('is not %s', async (target, host) => {
      for (const base of [plain, secure]) {
        const chart = redirected(base, target);
        expectRefused(await show(chart), host);
        const release = { release_name: 'x', chart, namespace: 'default', dry_run: true };
        expectRefused(await call('helm_install', release), host);
      }
    });

    it('is not a port of a listed host that is not listed', async () => {
      const target = `${HOST}:${insidePort}`;
      for (const [base, scheme] of [
        [plain, 'http'],
        [secure, 'https'],
      ]) {
        expectRefused(await show(redirected(base!, `${scheme}://${target}/a.tgz`)), 'localhost');
      }
      expect(inside).toEqual([]);
    });

    it('is not loopback, where the redirect itself is not encrypted', async () => {
      for (const host of ['127.0.0.1', 'localhost']) {
        const target = `http://${host}:${insidePort}/a.tgz`;
        expectRefused(await show(redirected(plain, target)), host);
      }
      expect(inside).toEqual([]);
    });

    it('is another host that is listed', async () => {
      const { text } = await show(redirected(plain, `${secure}/greeter-1.0.0.tgz`));
      expect(text).toMatch(/^# Number of pods/);
    });

    it('of a registry is not a host inside', async () => {
      registry.blobsAt = 'https://169.254.169.254/blob';
      try {
        const chart = `oci://${HOST}:${registry.port}/team/greeter`;
        expectRefused(await show(chart), '169.254.169.254');
      } finally {
        registry.blobsAt = undefined;
      }
    });
  });

  it('is told by repository, when several are fetched at once', async () => {
    await call('helm_repo_add', { name: 'good', url: secure });
    await call('helm_repo_add', { name: 'other', url: plain });
    const [port] = /\d+$/.exec(secure) ?? [];
    const strict = await startServer({ ...env, HELM_ALLOWED_HOSTS: `localhost:${port}` });
    try {
      const { code, text } = await callAt(strict.url, 'helm_repo_update');
      expect([code, text]).toEqual(['upstream', expect.stringMatching(/"other" \(Nothing is/)]);
      expect(text).not.toContain('"good"');
    } finally {
      await strict.stop();
      for (const name of ['good', 'other']) await call('helm_repo_remove', { name });
    }
  });

  it('ends with the call', async () => {
    const slow = servers[1]!;
    const path = `${server.url}/engine/v1/tools/helm/helm_show_values/execute?time_limit_seconds=2`;
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chart: `${secure}/slow.tgz` }),
    });
    expect(answer.status).toBe(504);
    const open = () =>
      new Promise<number>((done) => slow.getConnections((_error, count) => done(count)));
    await expect.poll(open).toBe(0);
  });

  it('goes through the proxy of the server, which may know more hosts', async () => {
    const behind = await startServer({ ...env, HTTPS_PROXY: proxy.url });
    try {
      const chart = 'https://api.test/greeter-1.0.0.tgz';
      const { text } = await callAt(behind.url, 'helm_show_values', { chart });
      expect([text, proxy.tunnels]).toEqual([
        expect.stringMatching(/^# Number of pods/),
        ['api.test:443'],
      ]);
      const to = redirected('https://api.test', 'https://169.254.169.254/');
      expectRefused(await callAt(behind.url, 'helm_show_values', { chart: to }), '169.254.169.254');
      expect(new Set(proxy.tunnels)).toEqual(new Set(['api.test:443']));
    } finally {
      await behind.stop();
    }
  });
});
