import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

const CHART = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * The part of an OCI registry (distribution spec 1.1) that a pull needs, with one chart as
 * `team/greeter:1.0.0`.
 */
export class OciRegistry {
  /** Where blobs are to be had, instead of here. */
  blobsAt: string | undefined;

  private constructor(private readonly server: Server) {}

  /** @param tls its certificate and key; over HTTP unless given */
  static async start(chartPath: string, tls?: ServerOptions): Promise<OciRegistry> {
    const chart = readFileSync(chartPath);
    const config = Buffer.from(JSON.stringify({ name: 'greeter', version: '1.0.0' }));
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: descriptor(CONFIG, config),
        layers: [descriptor(CHART, chart)],
      }),
    );
    const blobs = new Map([chart, config].map((blob) => [digestOf(blob), blob]));
    const server = tls ? createTlsServer(tls) : createServer();
    const registry = new OciRegistry(server);
    server.on('request', ({ url = '', method }, response) => {
      const [, kind, reference = ''] = /^\/v2\/team\/greeter\/(\w+)\/(.+)$/.exec(url) ?? [];
      const isManifest = ['1.0.0', digestOf(manifest)].includes(reference);
      const body =
        url === '/v2/team/greeter/tags/list'
          ? Buffer.from(JSON.stringify({ name: 'team/greeter', tags: ['1.0.0'] }))
          : kind === 'blobs'
            ? blobs.get(reference)
            : isManifest
              ? manifest
              : undefined;
      if (kind === 'blobs' && registry.blobsAt !== undefined) {
        return response.writeHead(307, { location: registry.blobsAt }).end();
      }
      if (!body) return response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      response.writeHead(200, {
        'content-type': isManifest ? MANIFEST : 'application/octet-stream',
        'content-length': body.length,
        'docker-content-digest': digestOf(body),
      });
      return method === 'HEAD' ? response.end() : response.end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return registry;
  }

  /** Host and port. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function descriptor(mediaType: string, content: Buffer) {
  return { mediaType, digest: digestOf(content), size: content.length };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
