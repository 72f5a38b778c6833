import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '#sandbox';
import { spawnServer, type RunningServer } from '../support/server-process.js';

/** What is set to nothing is as if nobody had set it: callers prove themselves by the token. */
const DEFAULT_ACCESS = { AUTH: '', POLICY_FILE: '' };

/** A server with its usual settings, which can be started again in its place. */
export class Served {
  private constructor(
    private server: RunningServer,
    private readonly env: Record<string, string>,
    /** What programs on this machine prove themselves by. */
    readonly token: string,
  ) {}

  /** @param name of a folder in which its state is */
  static async start(sandbox: Sandbox, name: string): Promise<Served> {
    const state = join(sandbox.stateDir, name);
    const env = { ...sandbox.env, ...DEFAULT_ACCESS, XDG_STATE_HOME: state };
    const server = await spawnServer(env, { readsLog: false });
    const token = await readFile(join(state, 'skyflo-mcp', 'loopback-token'), 'utf8');
    return new Served(server, env, token.trim());
  }

  get url(): string {
    return this.server.url;
  }

  /** Ends it, and starts it again at the same address. */
  async restart(): Promise<void> {
    const { port } = new URL(this.url);
    await this.stop();
    this.server = await spawnServer({ ...this.env, PORT: port }, { readsLog: false });
  }

  /** What its REST door answers. */
  async get<T>(path: string): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.url}/engine/v1${path}`, { headers });
    return (await response.json()) as T;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}
