import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import {
  type ReleasedFile,
  type ReleasedImage,
  type Releases,
  releasesFor,
} from '../../apps/sandbox/src/programs/download/releases.js';

/** A server that has programs as their projects release them, and the table that pins them. */
export class ReleaseServer implements AsyncDisposable {
  /** What was asked for, with the range if there was one. */
  readonly asked: string[] = [];
  /** The path at which connections end, and after how many bytes of an answer. */
  breaksOff: { path: string; after: number } | undefined;
  /** The table of the sandbox, with the digests of what this server has. */
  readonly releases: Releases;
  private readonly files = new Map<string, string>();
  private readonly server: Server;

  private constructor(private readonly folder: string) {
    const architecture = process.arch === 'x64' ? 'x64' : 'arm64';
    this.releases = releasesFor({ os: 'linux', arch: architecture })!;
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /**
   * @param programs a folder with all that is built
   * @param folder where archives of them are kept
   */
  static async start(programs: string, folder: string): Promise<ReleaseServer> {
    const server = new ReleaseServer(folder);
    await server.offer(programs);
    await once(server.server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async offer(programs: string): Promise<void> {
    const each = Object.entries(this.releases.programs);
    await Promise.all(
      each.map(async ([name, release]) => {
        const program = join(programs, name);
        if ('url' in release) await this.offerFile(name, program, release);
        else await this.offerImage(name, program, release);
      }),
    );
    for (const [name, released] of Object.entries(this.releases.manifests)) {
      const all = await readFile(join(programs, 'manifests', `${name}.yaml`), 'utf8');
      const list = 'resources: [all.yaml]\n';
      this.files.set(pathOf(`${released.url}/all.yaml`), await this.keep(`${name}.yaml`, all));
      this.files.set(pathOf(`${released.url}/kustomization.yaml`), await this.keep(name, list));
      released.sha256 = sha256Of(`kustomization.yaml\0${list}\0all.yaml\0${all}\0`);
    }
  }

  private async offerFile(name: string, program: string, release: ReleasedFile): Promise<void> {
    const { url, member, sha256 } = release;
    const file = member ? await this.archive(name, program, member) : program;
    const digest = sha256Of(await readFile(file));
    this.files.set(pathOf(url), file);
    if (typeof sha256 === 'string') release.sha256 = digest;
    else this.files.set(pathOf(sha256.publishedAt), await this.keep(`${name}.sha256`, digest));
  }

  private async offerImage(name: string, program: string, release: ReleasedImage): Promise<void> {
    const { registry, repository, member, reference } = release;
    const path = `/${registry}/v2/${repository}`;
    const layer = await this.archive(name, program, member);
    const digest = `sha256:${sha256Of(await readFile(layer))}`;
    this.files.set(`${path}/blobs/${digest}`, layer);
    const manifest = JSON.stringify({ layers: [{ digest }] });
    const manifestDigest = `sha256:${sha256Of(manifest)}`;
    const architecture = process.arch === 'x64' ? 'amd64' : 'arm64';
    const platform = { os: 'linux', architecture };
    const index = JSON.stringify({ manifests: [{ digest: manifestDigest, platform }] });
    if (reference.startsWith('sha256:')) release.reference = `sha256:${sha256Of(index)}`;
    const offered = [
      [release.reference, index],
      [manifestDigest, manifest],
    ] as const;
    for (const [wanted, text] of offered) {
      this.files.set(`${path}/manifests/${wanted}`, await this.keep(`${name}-${wanted}`, text));
    }
  }

  private async archive(name: string, program: string, member: string): Promise<string> {
    const target = join(this.folder, `${name}.tar.gz`);
    const transform = `s|.*|${member}|`;
    const tar = execa('tar', ['-cPf', '-', `--transform=${transform}`, program], { buffer: false });
    await Promise.all([
      pipeline(tar.stdout, createGzip({ level: 1 }), createWriteStream(target)),
      tar,
    ]);
    return target;
  }

  private async keep(name: string, text: string): Promise<string> {
    const file = join(this.folder, name.replace(':', '-'));
    await writeFile(file, text);
    return file;
  }

  private answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(url);
    this.asked.push(headers.range ? `${path} ${headers.range}` : path);
    const file = this.files.get(path);
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const { size } = statSync(file);
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': size - start });
    const breaksOff = this.breaksOff?.path === path ? this.breaksOff.after : undefined;
    if (breaksOff === 0) {
      response.destroy();
      return;
    }
    const end = breaksOff === undefined ? undefined : start + breaksOff - 1;
    const stream = createReadStream(file, { start, end });
    stream.on('end', () => (breaksOff === undefined ? response.end() : response.destroy()));
    stream.pipe(response, { end: false });
  }
}

/** Where a mirror has what is at an address. */
export function pathOf(url: string): string {
  return url.replace(/^https:\//, '');
}

function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
