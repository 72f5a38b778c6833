import { Inject, Injectable } from '@nestjs/common';
import {
  clusterConfig,
  programContext,
  type Cluster,
  type ClusterConfig,
  type ProgramContext,
} from '#cluster';
import { Programs, withoutKlog } from '#cli';
import { cleanText, helmFailure } from './helm-failure.js';
import { HelmHome, type RepositoryPaths } from './helm.home.js';
import type { ToolError } from '#tools';

/** Milliseconds that helm has, after a cancel, to note what becomes of the release: it must leave the tool time to tell of it. */
const GRACE_MS = 1_200;

/** Flags of helm by name, without the dashes: with their value, or true for one that has none. Those that are false or undefined are left out. */
export type HelmFlags = Readonly<Record<string, string | number | boolean | undefined>>;

/** One start of helm. */
export interface HelmCommand {
  /** Such as `['repo', 'update']`. */
  command: readonly string[];
  flags?: HelmFlags;
  /** What stands after the flags; may be anything, as it stands after `--`. */
  values?: readonly string[];
  /** The cluster that it is for; none for what needs no cluster. */
  cluster?: Cluster;
  /** Another way to that cluster than the server's kubeconfig. */
  through?: ProgramContext;
  /** What it reads on stdin. */
  input?: string;
  /** Other repositories than those of the server. */
  repositories?: RepositoryPaths;
}

export interface HelmLimits {
  signal: AbortSignal;
  maxOutputChars: number;
}

/** How helm ended. */
export interface HelmOutcome {
  stdout: string;
  /** What it wrote on stderr though it succeeded: warnings. */
  warnings: string;
  failure: ToolError | undefined;
  isCut: boolean;
}

/** Starts helm. */
@Injectable()
export class HelmCli {
  constructor(
    private readonly programs: Programs,
    private readonly home: HelmHome,
    @Inject(clusterConfig.KEY) private readonly config: ClusterConfig,
  ) {}

  /** As `attempt`. @throws ToolError what helm says when it fails, see `helmFailure`; the signal's reason when it aborts */
  async run(command: HelmCommand, limits: HelmLimits): Promise<HelmOutcome> {
    const outcome = await this.attempt(command, limits);
    if (outcome.failure) throw outcome.failure;
    return outcome;
  }

  /** Runs helm to its end, whatever that is. Throws as `Programs.run`. */
  async attempt(
    { command, flags = {}, values = [], cluster, through, input, repositories }: HelmCommand,
    { signal, maxOutputChars }: HelmLimits,
  ): Promise<HelmOutcome> {
    await this.home.prepare();
    const kube = through ?? (cluster && programContext(cluster, this.config));
    const words = wordsOf({ 'kube-context': kube?.context, ...flags });
    const { exitCode, stdout, stderr, isCut } = await this.programs.run(
      'helm',
      [...command, ...words, '--', ...values],
      {
        signal,
        // One more, so that the cap sees that there was more.
        maxOutputChars: maxOutputChars + 1,
        env: { ...this.home.environment(repositories), ...kube?.env },
        cwd: this.home.workFolder,
        graceMs: GRACE_MS,
        ...(input !== undefined && { input }),
      },
    );
    const isGood = exitCode === 0 || isCut;
    const { folder } = this.home;
    return {
      stdout,
      warnings: isGood ? cleanText(withoutKlog(stderr), folder) : '',
      failure: isGood ? undefined : helmFailure(stderr, exitCode, folder, stdout),
      isCut,
    };
  }
}

/** What helm prints for people: the text, then its warnings. */
export function textOf({ stdout, warnings }: HelmOutcome): string {
  return [stdout.trimEnd(), warnings].filter(Boolean).join('\n');
}

function wordsOf(flags: HelmFlags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? `--${name}` : `--${name}=${value}`];
  });
}
