import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab } from '../../fixtures/http-lab.js';
import type { Cluster } from '../cluster.js';
import { objectVersions } from './object-versions.js';
import { Outage } from '../http/outage.js';

const lab = new HttpLab();
afterEach(() => lab.close());

const PODS = '/api/v1/namespaces/shop/pods';

interface Pod {
  kind: string;
  metadata: { name: string; resourceVersion: string };
}

function pod(resourceVersion: number): Pod {
  return { kind: 'Pod', metadata: { name: 'web', resourceVersion: `${resourceVersion}` } };
}

interface PodServer {
  server: Server;
  cluster: Cluster;
  /** How often the pod was read, and watched. */
  seen: { reads: number; watches: number };
}

/** An API server with one pod, whose version is how often it was read. */
async function podServer(onWatch: (response: ServerResponse) => void): Promise<PodServer> {
  const seen = { reads: 0, watches: 0 };
  const server = createServer(({ url = '' }, response) => {
    if (!url.includes('watch=true')) {
      return void response.end(JSON.stringify(pod(++seen.reads)));
    }
    seen.watches++;
    onWatch(response);
  });
  const cluster = lab.cluster(`http://127.0.0.1:${await lab.listen(server)}`);
  return { server, cluster, seen };
}

async function versions(cluster: Cluster, ended: AbortSignal, most = Infinity): Promise<string[]> {
  const outage = new Outage(ended, () => {});
  const signals = { cancelled: new AbortController().signal, ended, outage };
  const all: string[] = [];
  for await (const { metadata } of objectVersions<Pod>(cluster, PODS, 'web', signals)) {
    all.push(metadata.resourceVersion);
    if (all.length === most) break;
  }
  return all;
}

describe('objectVersions', () => {
  it('pauses between watches that end at once', async () => {
    const { cluster, seen } = await podServer((response) => response.end());
    const startedAt = performance.now();
    await versions(cluster, AbortSignal.timeout(1_200));
    // The pause ends with the signal.
    expect(performance.now() - startedAt).toBeLessThan(1_450);
    expect(seen.watches).toBeGreaterThanOrEqual(2);
    expect(seen.watches).toBeLessThanOrEqual(3);
  });

  it('takes a watch that breaks as one that has ended', async () => {
    const { cluster } = await podServer((response) => {
      response.write(`${JSON.stringify({ type: 'MODIFIED', object: pod(10) })}\n`);
      setTimeout(() => response.destroy(), 50);
    });
    const never = new AbortController().signal;
    expect(await versions(cluster, never, 3)).toEqual(['1', '10', '2']);
  });

  it('takes a watch that ends in the middle of an event as one that has ended', async () => {
    const { cluster } = await podServer((response) => response.end('{"type":"MODI'));
    const never = new AbortController().signal;
    expect(await versions(cluster, never, 2)).toEqual(['1', '2']);
  });

  it('goes on when the API server is back, and until its limit when it stays away', async () => {
    const { cluster, server } = await podServer((response) => {
      server.close();
      response.flushHeaders();
      setTimeout(() => server.closeAllConnections(), 50);
    });
    const { port } = server.address() as AddressInfo;
    const ended = new AbortController();
    const seen = versions(cluster, ended.signal, 2);
    setTimeout(() => server.listen(port, '127.0.0.1'), 1_000);
    expect(await seen).toEqual(['1', '2']);
    server.close();
    server.closeAllConnections();
    const rest = versions(cluster, AbortSignal.timeout(1_000));
    await expect(rest).rejects.toMatchObject({ code: 'unavailable' });
  });
});
