import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The program, as installed. */
export const SERVER_BIN = join(
  dirname(findPackageJSON(import.meta.url) ?? ''),
  'bin/skyflo-mcp.js',
);

/** Everybody may do everything: for all specs but those that are about who may do what. */
export const OPEN_ACCESS = { AUTH: 'none', POLICY_FILE: 'admin' };

/** A line of the server's log, with the facts of a call. */
export interface LogLine {
  /** ISO 8601. */
  time?: string;
  level: string;
  msg: string;
  context?: string;
  tool?: string;
  executionId?: string;
  outcome?: string;
  durationMs?: number;
  requestId?: string;
  trace_id?: string;
  span_id?: string;
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

interface SpawnOptions {
  /** The program to start: that of this checkout unless given. */
  bin?: string;
  /** A program and its arguments that becomes the command which stands after them. */
  via?: readonly string[];
  /** Whether the log is read past the start; otherwise it costs this process nothing. */
  readsLog?: boolean;
}

/**
 * Starts the real server on a free port, with some variables added to this process's environment.
 */
export async function spawnServer(
  env: Record<string, string>,
  { bin = SERVER_BIN, via = [], readsLog = true }: SpawnOptions = {},
): Promise<RunningServer> {
  const [program, ...args] = [...via, bin];
  const child = spawn(program, args, {
    env: { ...process.env, PORT: '0', ...OPEN_ACCESS, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log: LogLine[] = [];
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    const lines = createInterface({ input: child.stderr }).on('line', (text) => {
      const line = parseLogLine(text);
      log.push(line);
      const listening = /Listening on (\S+)/.exec(line.msg);
      if (!listening?.[1]) return;
      resolve(listening[1]);
      if (readsLog) return;
      lines.close();
      child.stderr.resume();
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

/** Reads a line of the server's log; anything else is a line of level "text". */
export function parseLogLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { level: 'text', msg: text };
  }
}
