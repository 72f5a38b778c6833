import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from './api-client.js';
import { ensureBinaries } from './programs/binaries.js';
import { boot } from './boot.js';
import { clusterProcesses, type ProcessName } from './cluster.js';
import { ensureCertificates, sandboxEnvironment, writeKubeconfig } from './credentials.js';
import { guardSandbox } from './guardian.js';
import { runProgram, type RunOptions } from './kubectl.js';
import { tryLock, whileLocked } from './lock.js';
import { lockFile, stateDir } from './paths.js';
import { freePorts } from './ports.js';
import { Processes, type ProcessStatus } from './processes.js';
import { portNames, readRecord, type SandboxRecord, writeRecord } from './record.js';
import { type Reporter, silentReporter } from './reporter.js';
import { waitFor } from './wait.js';

export interface StartOptions {
  name: string;
  report?: Reporter;
  /** Aborting it stops whatever was started. */
  signal?: AbortSignal;
  /** Begin with nothing, and remove everything when this process ends, however it ends. */
  ephemeral?: boolean;
}

/**
 * Gives a running, seeded sandbox of that name: builds what is missing, starts it, waits until it
 * is ready. One that is up already is given as it is. A start that fails leaves no process behind.
 * @throws Error that says why, with the end of the log of the process that failed.
 */
export async function startSandbox(options: StartOptions): Promise<Sandbox> {
  return whileLocked(lockSandbox(options.name), async () => {
    const existing = openSandbox(options.name);
    if (!options.ephemeral && (await existing?.isUp())) return existing as Sandbox;
    await existing?.processes.stop();
    try {
      return await start(options);
    } catch (error) {
      // Whoever cancelled the start wants to hear its own reason, whatever broke off because of it.
      throw options.signal?.aborted ? options.signal.reason : error;
    }
  });
}

async function start({ name, report = silentReporter, signal, ephemeral = false }: StartOptions) {
  const folder = stateDir(name);
  const binDir = await ensureBinaries(report, signal);
  const earlier = readRecord(folder);
  const seeded = !ephemeral && (earlier?.seeded ?? false);
  // A start that was cut off before its end is begun anew.
  if (!seeded) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ports = await freePorts(portNames, earlier?.ports);
  const record: SandboxRecord = { stateDir: folder, binDir, ports, seeded };
  writeRecord(record);
  await ensureCertificates(record);
  writeKubeconfig(name, record);

  const sandbox = new Sandbox(name, record, ephemeral ? guardSandbox(name) : undefined);
  try {
    await boot(record, sandbox.processes, report, signal);
  } catch (error) {
    await sandbox.processes.stop();
    throw error;
  }
  record.seeded = true;
  writeRecord(record);
  return sandbox;
}

/** The sandbox of that name, running or not; undefined when there is none. */
export function openSandbox(name: string): Sandbox | undefined {
  const record = readRecord(stateDir(name));
  return record && new Sandbox(name, record);
}

/** One cluster on this machine. */
export class Sandbox {
  /** The kubeconfig of an administrator; it holds its credentials and may be copied. */
  readonly kubeconfig: string;
  /** What to add to a process's environment so that kubectl and helm find this sandbox. */
  readonly env: Record<string, string>;
  readonly binDir: string;
  readonly stateDir: string;
  readonly processes: Processes<ProcessName>;

  constructor(
    readonly name: string,
    private readonly record: SandboxRecord,
    private readonly dismissGuardian?: () => void,
  ) {
    this.binDir = record.binDir;
    this.stateDir = record.stateDir;
    this.env = sandboxEnvironment(record);
    this.kubeconfig = join(record.stateDir, 'kubeconfig');
    this.processes = new Processes(record.stateDir, clusterProcesses(record));
  }

  status(): ProcessStatus<ProcessName>[] {
    return this.processes.status();
  }

  /** Whether every process runs, the API server is ready and the demo was seeded. */
  async isUp(): Promise<boolean> {
    if (!this.record.seeded) return false;
    if (this.status().some(({ pid }) => pid === undefined)) return false;
    await using api = new ApiClient(this.record);
    return await api.isReady();
  }

  /** Runs the sandbox's kubectl against it and gives what it prints. */
  kubectl(args: string[], options?: RunOptions): Promise<string> {
    return runProgram(this.record, 'kubectl', args, options);
  }

  /** Ends one process, as when a part of the cluster goes away. */
  stopProcess(name: ProcessName): Promise<void> {
    return this.processes.stop([name]);
  }

  /** Starts one process again; for the API server, resolves when it is ready. */
  async startProcess(name: ProcessName): Promise<void> {
    this.processes.start(name);
    if (name !== 'kube-apiserver') return;
    await using api = new ApiClient(this.record);
    await waitFor(() => api.isReady(), { what: 'the API server' });
  }

  /** Makes a process hang: connections are accepted, nothing is answered. */
  pauseProcess(name: ProcessName): void {
    this.processes.signal(name, 'SIGSTOP');
  }

  resumeProcess(name: ProcessName): void {
    this.processes.signal(name, 'SIGCONT');
  }

  /**
   * Ends every process; with `purge`, as always of an ephemeral sandbox, the state is removed too.
   */
  async stop({ purge = this.dismissGuardian !== undefined } = {}): Promise<void> {
    await whileLocked(lockSandbox(this.name), async () => {
      await this.processes.stop();
      if (purge) rmSync(this.stateDir, { recursive: true, force: true });
    });
    this.dismissGuardian?.();
  }
}

/** Two commands never work on one sandbox at the same time. */
function lockSandbox(name: string): Disposable {
  const lock = tryLock(lockFile(name));
  if (lock !== undefined) return lock;
  throw new Error(`Sandbox "${name}" is being started or stopped by another process.`);
}
