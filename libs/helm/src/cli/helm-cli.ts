import { Inject, Injectable } from '@nestjs/common';
import { ProgramContexts, type Cluster, type ProgramContext, type Upstream } from '#cluster';
import { Programs, withoutKlog } from '#cli';
import { cleanText, helmFailure } from './helm-failure.js';
import { helmConfig, type HelmConfig } from '../helm.config.js';
import { DownloadProxy, type ProxyForRun } from '../egress/download-proxy.js';
import { HelmHome, type HelmRun } from './helm-home.js';
import { ToolError } from '#tools';

/**
 * Milliseconds that helm has after a cancel to record the state of the release. The tool needs time
 * after that to report it.
 */
const GRACE_MS = 1_200;

/**
 * Flags of helm by name, without the dashes. The value is true for a flag without a value, and an
 * array for one that is repeated. Flags that are false or undefined are left out.
 */
export type HelmFlags = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** One start of helm. */
export interface HelmCommand {
  /** Such as `['repo', 'update']`. */
  command: readonly string[];
  flags?: HelmFlags;
  /** Positional arguments. They may be any text, because they follow `--`. */
  values?: readonly string[];
  /** The target cluster; none for a command that needs no cluster. */
  cluster?: Cluster;
  /** What answers helm in place of that cluster. */
  through?: Upstream | undefined;
  /** What it reads on stdin. */
  input?: string;
  /** The run whose folder helm uses, if it needs files there; an empty one by default. */
  run?: HelmRun;
}

export interface HelmLimits {
  signal: AbortSignal;
  /** As `RunOptions.caller`. */
  caller?: string | undefined;
  /** Characters of its output that are kept; helm is ended when it writes more. */
  maxKeptChars: number;
}

/** How helm ended. */
export interface HelmOutcome {
  stdout: string;
  /** What it wrote to stderr although it succeeded. */
  warnings: string;
  failure: ToolError | undefined;
  isCut: boolean;
  /** What it was not let download, or could not reach. */
  downloadFailures: readonly ToolError[];
  /** The SHA-256 of the chart, if that was downloaded. */
  chartDigest?: string | undefined;
}

/** Starts helm. */
@Injectable()
export class HelmCli {
  constructor(
    private readonly programs: Programs,
    private readonly home: HelmHome,
    private readonly contexts: ProgramContexts,
    private readonly proxy: DownloadProxy,
    @Inject(helmConfig.KEY) private readonly limits: HelmConfig,
  ) {}

  /**
   * As `attempt`.
   * @throws ToolError what helm says when it fails, see `helmFailure`; the signal's reason when it
   * aborts
   */
  async run(command: HelmCommand, limits: HelmLimits): Promise<HelmOutcome> {
    const outcome = await this.attempt(command, limits);
    if (outcome.failure) throw outcome.failure;
    return outcome;
  }

  /** Runs helm to its end, whether it succeeds or fails. Throws as `Programs.run`. */
  async attempt(command: HelmCommand, limits: HelmLimits): Promise<HelmOutcome> {
    const { run, cluster, through } = command;
    const program = `helm ${command.command[0]}`;
    const start = async (own: HelmRun, context?: ProgramContext) => {
      const proxy = await this.proxy.open();
      try {
        return await this.start(command, own, proxy, context, limits);
      } finally {
        proxy.close();
      }
    };
    const begin = (own: HelmRun) =>
      cluster
        ? this.contexts.through(program, cluster, (context) => start(own, context), through)
        : start(own);
    return run ? begin(run) : this.home.inRun(begin);
  }

  private async start(
    { command, flags = {}, values = [], input }: HelmCommand,
    run: HelmRun,
    proxy: ProxyForRun,
    context: ProgramContext | undefined,
    { signal, caller, maxKeptChars }: HelmLimits,
  ): Promise<HelmOutcome> {
    const { maxMemoryMb } = this.limits;
    const { exitCode, stdout, stderr, isCut, isOverMemory } = await this.programs.run(
      'helm',
      [...command, ...wordsOf(flags), '--', ...values],
      {
        signal,
        caller,
        // One more, so that a cut is noticed.
        maxOutputChars: maxKeptChars + 1,
        env: { ...this.home.environment(run), ...proxy.env, ...context?.env },
        cwd: run.workFolder,
        graceMs: GRACE_MS,
        maxMemoryBytes: maxMemoryMb * 1_000_000,
        ...(input !== undefined && { input }),
      },
    );
    const isGood = exitCode === 0 || isCut;
    const { folder } = this.home;
    const own = context?.failureIn(stderr);
    const said = (context?.shown(stderr) ?? stderr).replaceAll(`${run.folder}/`, '');
    const { failures: downloadFailures } = proxy;
    const failure = isOverMemory
      ? tooMuch(command, maxMemoryMb)
      : // What was not downloaded is why helm failed. It tells less of it than the proxy does.
        ((own ? undefined : downloadFailures.at(-1)) ??
        helmFailure(said, exitCode, folder, stdout, own?.code));
    return {
      stdout,
      warnings: isGood ? cleanText(withoutKlog(said), folder) : '',
      failure: isGood && !isOverMemory ? undefined : failure,
      isCut,
      downloadFailures,
    };
  }
}

function tooMuch(command: readonly string[], maxMemoryMb: number): ToolError {
  const what = command.includes('repo')
    ? 'the index of a repository takes more than %d MB of memory to be read. A smaller repository, or another one, may have the chart'
    : 'the chart takes more than %d MB of memory to be read and rendered. Look for a template that repeats or joins without end, or for values that make it render too much';
  const limit = 'the limit is the setting HELM_MAX_MEMORY_MB of this server';
  const message = `helm was stopped, because ${what.replace('%d', String(maxMemoryMb))}; ${limit}.`;
  return new ToolError('failed', message, { retryable: false });
}

/** What helm prints for people: the text, then the remarks. */
export function textOf(outcome: HelmOutcome): string {
  return [outcome.stdout.trimEnd(), ...remarksOf(outcome)].filter(Boolean).join('\n');
}

/** What to add to helm's text: its warnings, and the digest of the chart. */
export function remarksOf({
  warnings,
  chartDigest,
}: Pick<HelmOutcome, 'warnings' | 'chartDigest'>): string[] {
  const digest = chartDigest === undefined ? '' : `Chart digest: sha256:${chartDigest}`;
  return [warnings, digest].filter(Boolean);
}

function wordsOf(flags: HelmFlags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    return [value].flat().map((one) => `--${name}=${one}`);
  });
}
