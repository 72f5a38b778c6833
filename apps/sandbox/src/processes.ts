import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspectProcess, type ProcessInfo, signalGroup } from './process-info.js';
import { waitFor } from './wait.js';

/** How to run one process of a sandbox. */
export interface ProcessSpec<Name extends string = string> {
  name: Name;
  program: string;
  /** At least one argument lies in the state folder: that tells our process from a stranger's. */
  args: string[];
  port?: number;
}

export interface ProcessStatus<Name extends string = string> {
  name: Name;
  pid?: number;
  port?: number;
  /** Undefined when the process is down. */
  residentBytes?: number;
}

const graceMs = 5_000;

/**
 * The shell writes its own pid before it becomes the program, so that the pid is on record from the
 * first moment, even if the process that starts it is killed right after. The rename keeps a reader
 * from finding the file empty.
 */
const recordPid = 'echo $$ >"$1.new" && mv "$1.new" "$1" && shift && exec "$@"';

/** The detached processes of one sandbox, known by pid files in its state folder. */
export class Processes<Name extends string> {
  constructor(
    private readonly stateDir: string,
    private readonly specs: ProcessSpec<Name>[],
  ) {
    for (const folder of ['logs', 'pids']) {
      mkdirSync(join(stateDir, folder), { recursive: true, mode: 0o700 });
    }
  }

  /** Starts a process unless it runs; `onExit` is told when it ends while we are here to see it. */
  start(name: Name, onExit: (error: Error) => void = () => {}): void {
    if (this.find(name) !== undefined) return;
    const { program, args } = this.spec(name);
    const log = openSync(this.logFile(name), 'a', 0o600);
    try {
      const child = spawn('sh', ['-c', recordPid, 'sh', this.pidFile(name), program, ...args], {
        cwd: this.stateDir,
        detached: true,
        stdio: ['ignore', log, log],
      });
      child.once('error', onExit);
      child.once('exit', (code, signal) => {
        const how = signal ?? `exit code ${code}`;
        onExit(new Error(`${name} ended (${how}). ${this.lastWords(name)}`));
      });
      // For a stop that comes before the shell has got that far.
      if (child.pid !== undefined) writeFileSync(this.pidFile(name), `${child.pid}\n`);
      child.unref();
    } finally {
      closeSync(log);
    }
  }

  /** Ends the named processes and what they started; resolves when none of them is left. */
  async stop(names: Name[] = this.names()): Promise<void> {
    await Promise.all(names.map((name) => this.stopOne(name)));
  }

  /** Sends a signal such as SIGSTOP, SIGCONT or SIGKILL to one process. */
  signal(name: Name, signal: NodeJS.Signals): void {
    const pid = this.find(name)?.pid;
    if (pid === undefined) throw new Error(`${name} is not running.`);
    process.kill(pid, signal);
  }

  status(): ProcessStatus<Name>[] {
    return this.specs.map(({ name, port }) => {
      const found = this.find(name);
      return { name, port, pid: found?.pid, residentBytes: found?.residentBytes };
    });
  }

  private async stopOne(name: Name): Promise<void> {
    const pid = this.find(name)?.pid;
    if (pid !== undefined) {
      const gone = () => this.find(name) === undefined;
      signalGroup(pid, 'SIGCONT');
      signalGroup(pid, 'SIGTERM');
      try {
        await waitFor(gone, { what: `${name} to end`, timeoutMs: graceMs });
      } catch {
        signalGroup(pid, 'SIGKILL');
        await waitFor(gone, { what: `${name} to be killed`, timeoutMs: graceMs });
      }
      // Commands that a process ran for a caller (kwok's exec) may outlive their parent.
      signalGroup(pid, 'SIGKILL');
    }
    rmSync(this.pidFile(name), { force: true });
  }

  /** The running process on record; a pid that now belongs to another program does not count. */
  private find(name: Name): (ProcessInfo & { pid: number }) | undefined {
    const pid = this.recordedPid(name);
    const info = pid === undefined ? undefined : inspectProcess(pid);
    if (pid === undefined || !info?.commandLine.includes(`${this.stateDir}/`)) return undefined;
    return { ...info, pid };
  }

  private recordedPid(name: Name): number | undefined {
    try {
      const pid = Number.parseInt(readFileSync(this.pidFile(name), 'utf8'), 10);
      return pid > 1 ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  private lastWords(name: Name): string {
    const file = this.logFile(name);
    // The sandbox may have been removed by the time its processes are seen to end.
    if (!existsSync(file)) return '';
    const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
    return `The end of its log (${file}):\n${tail}`;
  }

  private names(): Name[] {
    return this.specs.map(({ name }) => name);
  }

  private spec(name: Name): ProcessSpec<Name> {
    const spec = this.specs.find((candidate) => candidate.name === name);
    if (spec === undefined) throw new Error(`A sandbox has no process "${name}".`);
    return spec;
  }

  private pidFile(name: Name): string {
    return join(this.stateDir, 'pids', `${name}.pid`);
  }

  private logFile(name: Name): string {
    return join(this.stateDir, 'logs', `${name}.log`);
  }
}
