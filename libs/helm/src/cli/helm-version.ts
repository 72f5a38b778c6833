import { statSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Programs } from '#cli';
import { ToolError } from '#tools';
import type { HelmFlags } from './helm-cli.js';
import { HelmHome } from './helm-home.js';

const ASKED_FOR_MS = 10_000;

/** Which helm is on the PATH. */
@Injectable()
export class HelmVersion {
  private known: { key: string; major: Promise<number> } | undefined;

  constructor(
    private readonly programs: Programs,
    private readonly home: HelmHome,
  ) {}

  /**
   * The major version of helm: 3 or 4, whose flags differ. Each helm is asked once.
   * @throws ToolError `unavailable` when there is no helm, or its version is unknown
   */
  async major(): Promise<number> {
    const path = this.programs.find('helm');
    if (path === undefined) throw unavailable('helm is not on the PATH of the server');
    const { mtimeMs, size } = statSync(path);
    const key = `${path} ${mtimeMs} ${size}`;
    if (this.known?.key === key) return this.known.major;
    const major = this.ask(path);
    this.known = { key, major };
    major.catch(() => (this.known = undefined));
    return major;
  }

  /** Flags that helm 3 and helm 4 name differently, for the installed helm. Throws as `major`. */
  async flags({ atomic = false, forceConflicts = false }): Promise<HelmFlags> {
    if (!atomic && !forceConflicts) return {};
    const isThree = (await this.major()) === 3;
    return {
      [isThree ? 'atomic' : 'rollback-on-failure']: atomic,
      // Helm 3 always takes these fields over.
      'force-conflicts': forceConflicts && !isThree,
    };
  }

  private async ask(path: string): Promise<number> {
    const { stdout } = await this.home.inRun((run) =>
      this.programs.run(path, ['version', '--short'], {
        signal: AbortSignal.timeout(ASKED_FOR_MS),
        // A turn of its own, as it has less time than others to wait for one.
        caller: 'version of helm',
        maxOutputChars: 10_000,
        env: this.home.environment(run),
        cwd: run.workFolder,
      }),
    );
    const major = Number(/^v?(\d+)/.exec(stdout)?.[1]);
    if (major === 3 || major === 4) return major;
    throw unavailable(`helm says that its version is "${stdout.trim().slice(0, 100)}"`);
  }
}

function unavailable(why: string): ToolError {
  return new ToolError('unavailable', `${why}. Install Helm 3 or 4.`, { retryable: false });
}
