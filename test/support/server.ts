import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';

const BIN = new URL('../../bin/skyflo-mcp.js', import.meta.url).pathname;

/** A line of the server's log. */
export interface LogLine {
  level: string;
  message: unknown;
  context?: string;
}

export interface RunningServer {
  /** Without a slash at the end. */
  url: string;
  pid: number;
  /** What it has logged so far. */
  log: LogLine[];
  /** Ends it as an operator would, and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the real server on a free port, on the sandbox of this run unless `env` says otherwise. */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const child = spawn(BIN, {
    env: { ...process.env, ...inject('sandboxEnv'), PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log: LogLine[] = [];
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (text) => {
      const line = parse(text);
      log.push(line);
      const listening = /Listening on (\S+)/.exec(String(line.message));
      if (listening?.[1]) resolve(listening[1]);
    });
    child.once('error', reject);
    void exited.then(() => reject(new Error(`The server did not start: ${JSON.stringify(log)}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    log,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

function parse(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { level: 'text', message: text };
  }
}
