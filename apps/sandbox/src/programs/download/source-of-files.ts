import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, errors, request, type Dispatcher } from 'undici';
import { DownloadFailure } from './download-failure.js';

/** Times that a download which breaks off is taken up again. */
const ATTEMPTS = 5;

const NO_NETWORK = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

export interface SourceOptions {
  /** A mirror that has everything under the name of its host: `MIRROR/dl.k8s.io/release/…`. */
  mirror?: string;
  signal?: AbortSignal;
  /** Milliseconds that a server gets to be reached, and to send the next bytes. */
  connectMs?: number;
  stallMs?: number;
  /** Called as bytes of a file come, with how many are there and how many it has in all. */
  onProgress?: (url: string, bytes: number, all: number) => void;
}

/** Where files come from: their projects' servers or a mirror, through the proxy that is set. */
export class SourceOfFiles implements AsyncDisposable {
  private readonly agent: EnvHttpProxyAgent;

  constructor(private readonly options: SourceOptions = {}) {
    const { connectMs = 5000, stallMs = 30_000 } = options;
    this.agent = new EnvHttpProxyAgent({
      connect: { timeout: connectMs },
      headersTimeout: stallMs,
      bodyTimeout: stallMs,
    });
  }

  /** A small file as text. */
  async text(url: string, headers: Record<string, string> = {}): Promise<string> {
    try {
      const { body } = await this.get(url, headers);
      return await body.text();
    } catch (error) {
      this.options.signal?.throwIfAborted();
      if (error instanceof DownloadFailure) throw error;
      throw new DownloadFailure(`${this.addressOf(url)}: ${(error as Error).message}`);
    }
  }

  /**
   * Downloads a file that must have a digest. What a download that broke off has left beside the
   * target, as `.part`, is not downloaded again.
   * @throws DownloadFailure; the target then does not exist
   */
  async file(url: string, target: string, sha256: string): Promise<void> {
    const part = `${target}.part`;
    mkdirSync(dirname(part), { recursive: true, mode: 0o700 });
    const resumed = sizeOf(part) > 0;
    await this.fill(part, url);
    let digest = await digestOf(part);
    if (digest !== sha256 && resumed) {
      // What was there may have been of something else.
      rmSync(part);
      await this.fill(part, url);
      digest = await digestOf(part);
    }
    if (digest !== sha256) {
      rmSync(part);
      throw new DownloadFailure(
        `${this.addressOf(url)} has the sha256 ${digest}, not ${sha256}. It was removed.`,
      );
    }
    renameSync(part, target);
  }

  private async fill(part: string, url: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const before = sizeOf(part);
      try {
        return await this.append(part, url);
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (error instanceof DownloadFailure) throw error;
        const more = sizeOf(part) > before;
        if (attempt >= ATTEMPTS && !more) throw this.brokenOff(url, part, error);
      }
    }
  }

  private async append(part: string, url: string): Promise<void> {
    const offset = sizeOf(part);
    const range: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-` } : {};
    const answer = await this.get(url, range, [416]);
    if (answer.statusCode === 416) {
      // It is whole already, or longer than the file is.
      await answer.body.dump();
      return;
    }
    const isRest = answer.statusCode === 206;
    let bytes = isRest ? offset : 0;
    const all = bytes + Number(answer.headers['content-length'] ?? 0);
    answer.body.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      this.options.onProgress?.(url, bytes, all);
    });
    await pipeline(answer.body, createWriteStream(part, { flags: isRest ? 'a' : 'w' }));
  }

  private async get(
    url: string,
    headers: Record<string, string>,
    alsoTaken: readonly number[] = [],
  ): Promise<Dispatcher.ResponseData> {
    let address = this.addressOf(url);
    for (let redirects = 0; redirects < 10; redirects += 1) {
      const answer = await this.send(address, headers);
      const { location } = answer.headers;
      if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
        await answer.body.dump();
        const next = new URL(location, address);
        // A credential is for the server that asked for it.
        if (next.origin !== new URL(address).origin) headers = { ...headers, authorization: '' };
        address = next.href;
        continue;
      }
      if (answer.statusCode < 300 || alsoTaken.includes(answer.statusCode)) {
        return answer;
      }
      await answer.body.dump();
      const challenge = answer.headers['www-authenticate'];
      if (answer.statusCode === 401 && !headers['authorization'] && typeof challenge === 'string') {
        headers = { ...headers, authorization: `Bearer ${await this.token(challenge)}` };
        continue;
      }
      throw new DownloadFailure(`${address} answers ${answer.statusCode}.`);
    }
    throw new DownloadFailure(`${address} leads from one address to the next without an end.`);
  }

  /** What a registry gives to anybody who asks where it says. */
  private async token(challenge: string): Promise<string> {
    const fields = new Map(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const realm = new URL(fields.get('realm') ?? '');
    for (const name of ['service', 'scope']) realm.searchParams.set(name, fields.get(name) ?? '');
    const answer = await this.send(realm.href, {});
    const { token } = (await answer.body.json()) as { token?: string };
    if (!token) throw new DownloadFailure(`${realm.href} gives no token.`);
    return token;
  }

  private async send(address: string, headers: Record<string, string>) {
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const { signal } = this.options;
    try {
      return await request(address, { dispatcher: this.agent, headers: given, signal });
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message } = error as NodeJS.ErrnoException;
      if (error instanceof errors.ConnectTimeoutError || NO_NETWORK.has(code ?? '')) {
        throw new DownloadFailure(`${new URL(address).host} cannot be reached (${message}).`);
      }
      throw error;
    }
  }

  private addressOf(url: string): string {
    const { mirror } = this.options;
    return mirror ? `${mirror.replace(/\/+$/, '')}/${url.replace(/^https:\/\//, '')}` : url;
  }

  private brokenOff(url: string, part: string, error: unknown): DownloadFailure {
    return new DownloadFailure(
      `${this.addressOf(url)} broke off after ${sizeOf(part)} bytes, ${ATTEMPTS} times ` +
        `(${(error as Error).message}). The next start goes on from there.`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.destroy();
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
