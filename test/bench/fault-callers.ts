import { Agent, request } from 'node:http';
import { categoryOf } from '../support/rest.js';
import type { Subject } from './fault-lab.js';

/** How a call ended. */
export interface Ended {
  status: number;
  /** The code of a failure. */
  code: string | undefined;
  /** Milliseconds that it took. */
  ms: number;
}

/** Somebody who calls tools from an address of their own: a caller for the server. */
export class FaultCaller {
  private readonly agent: Agent;

  /** @param localAddress one of this machine, such as 127.0.0.2 */
  constructor(
    private readonly server: Subject,
    localAddress: string,
  ) {
    this.agent = new Agent({ keepAlive: true, localAddress });
  }

  /** Calls a tool and waits for its answer. */
  call(tool: string, args: object): Promise<Ended> {
    const startedAt = performance.now();
    const { url } = this.server;
    const path = `${url}/engine/v1/tools/${categoryOf(tool)}/${tool}/execute`;
    const headers = { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const sent = request(path, { method: 'POST', agent: this.agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.once('error', reject).once('end', () => {
          const { code } = JSON.parse(text) as { code?: string };
          resolve({ status: response.statusCode ?? 0, code, ms: performance.now() - startedAt });
        });
      });
      sent.once('error', reject).end(JSON.stringify(args));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** How calls ended, as `200: 489, 429 busy: 11`. */
export function countsOf(ended: readonly Ended[]): string {
  const counts = new Map<string, number>();
  for (const { status, code } of ended) {
    const what = code === undefined ? String(status) : `${status} ${code}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${what}: ${count}`).join(', ');
}

/** The longest that any of some calls took, as `1.2 s`. */
export function slowestOf(ended: readonly Ended[]): string {
  return `${(Math.max(...ended.map(({ ms }) => ms)) / 1_000).toFixed(1)} s`;
}
