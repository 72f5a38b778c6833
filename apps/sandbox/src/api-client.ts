import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { ClusterLayout } from './record.js';

/** A small client of a sandbox's API server, with the administrator's certificate. */
export class ApiClient implements AsyncDisposable {
  private readonly agent: Agent;
  private readonly origin: string;

  constructor({ stateDir, ports }: ClusterLayout) {
    const pki = (file: string) => readFileSync(join(stateDir, 'pki', file));
    this.origin = `https://127.0.0.1:${ports['kube-apiserver']}`;
    this.agent = new Agent({
      connect: { ca: pki('ca.crt'), cert: pki('admin.crt'), key: pki('admin.key') },
    });
  }

  async isReady(): Promise<boolean> {
    return (await this.get<string>('/readyz')) === 'ok';
  }

  /** The body of a GET; undefined when the server is away or answers with anything but success. */
  async get<T>(path: string): Promise<T | undefined> {
    try {
      const { statusCode, body } = await this.request('GET', path);
      const text = await body.text();
      if (statusCode >= 300) return undefined;
      return (text.startsWith('{') ? JSON.parse(text) : text) as T;
    } catch {
      return undefined;
    }
  }

  /** @throws Error with the server's answer when it does not accept the patch. */
  async patch(path: string, type: 'apply-patch+yaml' | 'merge-patch+json', value: unknown) {
    const { statusCode, body } = await this.request('PATCH', path, {
      headers: { 'content-type': `application/${type}` },
      body: JSON.stringify(value),
    });
    const text = await body.text();
    if (statusCode >= 300) throw new Error(`PATCH ${path}: ${statusCode} ${text.slice(0, 500)}`);
  }

  /** The lines of a watch, which the server ends after five minutes. */
  async *watch(path: string): AsyncGenerator<string> {
    const limited = `${path}&watch=true&timeoutSeconds=300`;
    const { statusCode, body } = await this.request('GET', limited, { bodyTimeout: 330_000 });
    if (statusCode >= 300) throw new Error(`GET ${path}: ${statusCode} ${await body.text()}`);
    let rest = '';
    for await (const chunk of body.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.destroy();
  }

  private request(
    method: 'GET' | 'PATCH',
    path: string,
    options: Omit<Parameters<typeof request>[1] & object, 'method' | 'dispatcher'> = {},
  ) {
    const limits = { headersTimeout: 5_000, bodyTimeout: 5_000 };
    return request(this.origin + path, { ...limits, ...options, method, dispatcher: this.agent });
  }
}
