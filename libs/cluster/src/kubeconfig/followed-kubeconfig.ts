import { resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { FileWatch } from '#base';
import { KubeconfigFile, SETTLE_TIMES, type SettleTimes } from './kubeconfig-file.js';
import { Kubeconfig } from './kubeconfig.js';

/** Milliseconds between two looks at a file of which the operating system tells nothing. */
const LOOK_EVERY_MS = 5_000;

export interface FollowOptions extends SettleTimes {
  lookEveryMs: number;
}

/** The kubeconfig of several files, which follows them: those that are not there yet as well. */
export class FollowedKubeconfig {
  private readonly logger = new Logger(FollowedKubeconfig.name);
  private readonly files: readonly KubeconfigFile[];
  private readonly watches: readonly FileWatch[];
  private merged: Kubeconfig;
  private told: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private isMissed = false;
  private isClosed = false;

  /** @param onChange is called when something else is in force */
  constructor(
    paths: readonly string[],
    private readonly onChange: () => void,
    { lookEveryMs, ...times }: FollowOptions = { lookEveryMs: LOOK_EVERY_MS, ...SETTLE_TIMES },
  ) {
    const all = [...new Set(paths.map((path) => resolve(path)))];
    const heard = () => void this.look();
    this.watches = all.map(
      (path) => new FileWatch(path, heard, { everyMs: lookEveryMs, listens: true }),
    );
    this.files = all.map((path) => new KubeconfigFile(path, times));
    this.merged = this.merge();
    this.logProblems();
  }

  /** What is in force now. */
  get current(): Kubeconfig {
    return this.merged;
  }

  /** Why a file is not what is in force, or not all of it. Only the log names the file. */
  get problems(): string[] {
    const { length } = this.files;
    return this.files.flatMap(({ problems }, index) =>
      problems.map((problem) => `Kubeconfig ${index + 1} of ${length} is not in force: ${problem}`),
    );
  }

  /** Follows the files no longer. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const watch of this.watches) watch.close();
  }

  private async look(): Promise<void> {
    if (this.isLooking) {
      this.isMissed = true;
      return;
    }
    this.isLooking = true;
    clearTimeout(this.timer);
    const looks = await Promise.all(this.files.map((file) => file.look()));
    this.isLooking = false;
    if (this.isClosed) return;
    if (looks.some(({ isNew }) => isNew)) {
      this.merged = this.merge();
      this.logProblems();
      this.onChange();
    }
    const pauses = looks.flatMap(({ againInMs }) => againInMs ?? []);
    if (this.isMissed) pauses.push(0);
    this.isMissed = false;
    if (pauses.length === 0) return;
    this.timer = setTimeout(() => void this.look(), Math.ceil(Math.min(...pauses))).unref();
  }

  private merge(): Kubeconfig {
    return new Kubeconfig(this.files.flatMap(({ document }) => document ?? []));
  }

  /** Once for each thing that is wrong. */
  private logProblems(): void {
    const problems = this.files.flatMap((file) =>
      file.problems.map((problem) => `${file.path}: ${problem}`),
    );
    const { told } = this;
    const msg = 'a kubeconfig is wrong; what it said before stays in force';
    for (const problem of problems) {
      if (!told.has(problem)) this.logger.warn({ msg, problem });
    }
    for (const problem of told) {
      if (!problems.includes(problem)) this.logger.log({ msg: 'no longer wrong', problem });
    }
    this.told = new Set(problems);
  }
}
