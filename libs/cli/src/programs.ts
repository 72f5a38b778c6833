import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { execa, type ResultPromise } from 'execa';
import { ToolError } from '#tools';
import { cliConfig, type CliConfig } from './cli.config.js';
import { ownEnvironment } from './own-environment.js';
import { watchMemory } from './memory-limit.js';
import { ProgramPlaces } from './program-places.js';
import { watchdog } from './watchdog.js';

/** How long a program has to end after it was asked to, in milliseconds. */
const DEFAULT_GRACE_MS = 2_000;

/** The part of its memory limit that a Go program is told to stay below. */
const GO_SHARE = 0.8;

/**
 * Milliseconds for which the path of a program is cached, so that listing tools does not search the
 * disk.
 */
const FOUND_FOR_MS = 5_000;

export interface RunOptions {
  /** Ends the program, and all that it has started, when it aborts. */
  signal: AbortSignal;
  /** The caller. Programs that have to wait take turns by caller. */
  caller?: string | undefined;
  /**
   * Whether it waits until it has a place. True unless given. False is for short programs that
   * others wait for.
   */
  needsPlace?: boolean;
  /** Characters of stdout and of stderr that are kept; a program that writes more is ended. */
  maxOutputChars: number;
  /** Added to what every program gets of the server's own environment, see `ownEnvironment`. */
  env?: Readonly<Record<string, string>>;
  /** Whether it gets the whole environment of the server, as a credential plugin does. */
  isTrusted?: boolean;
  /** What the program reads on stdin; nothing unless given. */
  input?: string;
  /** The folder that it runs in; that of the server unless given. */
  cwd?: string;
  /** Milliseconds between SIGTERM and SIGKILL after the signal aborts. 2,000 unless given. */
  graceMs?: number;
  /**
   * The most bytes of memory. A Go program tries to stay below. A program that takes more is ended
   * at once. No limit unless given.
   */
  maxMemoryBytes?: number;
}

/** How a program ended. */
export interface RunResult {
  /** 1 where a signal ended it. */
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The signal that ended it. Undefined if it ended by itself. */
  endedBy?: NodeJS.Signals | undefined;
  /** Whether it was ended because it wrote more than is kept. */
  isCut: boolean;
  /** Whether it was ended because it took more memory than it may. */
  isOverMemory: boolean;
}

/**
 * The one place where programs are started: with an argument list, never a command line. Each ends
 * with its call, and with this server.
 */
@Injectable()
export class Programs {
  private readonly found = new Map<string, { path: string | undefined; until: number }>();
  private readonly places: ProgramPlaces;

  constructor(@Inject(cliConfig.KEY) { maxPrograms }: CliConfig) {
    this.places = new ProgramPlaces(maxPrograms);
  }

  /** The path of a program on the PATH, or undefined. */
  find(name: string): string | undefined {
    const known = this.found.get(name);
    if (known && known.until > Date.now()) return known.path;
    const path = (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((folder) => join(folder, name))
      .find(isExecutable);
    this.found.set(name, { path, until: Date.now() + FOUND_FOR_MS });
    return path;
  }

  /**
   * Runs a program to its end, whatever its exit code, once there is a place for it. The time limit
   * is the signal's.
   * @param args the arguments. The caller must make sure that no value of a user can be read as a
   * flag.
   * @throws ToolError `unavailable` when the program cannot be started; the signal's reason when it
   * aborts
   */
  async run(name: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
    if (options.needsPlace === false) return this.start(name, args, options);
    const giveBack = await this.place(name, options);
    try {
      return await this.start(name, args, options);
    } finally {
      giveBack();
    }
  }

  private async place(name: string, { caller = '', signal }: RunOptions): Promise<() => void> {
    try {
      return await this.places.enter(caller, signal);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const message = `${error.message} ${name} was not started, because too many other programs were running.`;
      throw error.with({ message });
    }
  }

  private async start(
    name: string,
    args: readonly string[],
    options: RunOptions,
  ): Promise<RunResult> {
    const { signal, maxOutputChars, env, input, cwd, graceMs = DEFAULT_GRACE_MS } = options;
    const { maxMemoryBytes } = options;
    signal.throwIfAborted();
    const child = execa(name, args, {
      // A group of its own, so that what the program starts ends with it.
      detached: true,
      reject: false,
      stripFinalNewline: false,
      maxBuffer: maxOutputChars,
      extendEnv: false,
      env: {
        ...ownEnvironment(options),
        ...env,
        ...(maxMemoryBytes !== undefined && goMemoryLimit(maxMemoryBytes)),
      },
      ...(cwd !== undefined && { cwd }),
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    });
    const { pid } = child;
    if (pid !== undefined) watchdog.add(pid);
    const end = () => void endGroup(child, graceMs);
    signal.addEventListener('abort', end, { once: true });
    let isOverMemory = false;
    const unwatch = limitMemory(child, maxMemoryBytes, () => (isOverMemory = true));
    try {
      const result = await child;
      signal.throwIfAborted();
      if (result.exitCode === undefined && !result.isMaxBuffer && !result.isTerminated) {
        throw new ToolError('unavailable', `${name} could not be started: ${result.shortMessage}`, {
          cause: result,
          retryable: false,
        });
      }
      const { exitCode = 1, signal: endedBy, stdout, stderr, isMaxBuffer } = result;
      return { exitCode, endedBy, stdout, stderr, isCut: isMaxBuffer, isOverMemory };
    } finally {
      unwatch();
      signal.removeEventListener('abort', end);
      if (pid !== undefined) watchdog.remove(pid);
    }
  }
}

/**
 * Ends a program, and all that it has started, when it takes too much memory. @returns what stops
 * the watching
 */
function limitMemory(
  { pid }: ResultPromise,
  maxBytes: number | undefined,
  onExceeded: () => void,
): () => void {
  if (pid === undefined || maxBytes === undefined) return () => undefined;
  return watchMemory(pid, maxBytes, () => {
    onExceeded();
    // SIGTERM first would let it grow further.
    sendSignal(pid, 'SIGKILL');
  });
}

/** Makes the garbage collector of a Go program work harder before its limit is reached. */
function goMemoryLimit(maxBytes: number): Record<string, string> {
  return { GOMEMLIMIT: String(Math.floor(maxBytes * GO_SHARE)) };
}

/** Asks the whole process group to end, and ends it after the grace period. */
async function endGroup(child: ResultPromise, graceMs: number): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  sendSignal(pid, 'SIGTERM');
  await Promise.race([child.catch(() => undefined), sleep(graceMs, undefined, { ref: false })]);
  sendSignal(pid, 'SIGKILL');
}

function sendSignal(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group has ended by itself.
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
