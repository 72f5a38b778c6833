import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Outage, type Cluster } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { explainedFailure } from './change-failure.js';
import { textOf, type HelmOutcome } from '../cli/helm-cli.js';
import { redactRelease } from '../releases/redact-manifests.js';
import { unreadyObjects } from './release-readiness.js';
import { recoveryHint } from '../releases/release-recovery.js';
import type { Revision } from '../releases/release-revision.js';
import { ReleaseStore } from '../releases/release-store.js';

const FIRST_LOOK_MS = 1_000;
const LOOK_EVERY_MS = 3_000;
/** After a cancel the caller is soon gone, so the answer must be found quickly. */
const LAST_LOOK_MS = 600;
/** The change may have failed because the cluster went away. */
const FAILURE_LOOK_MS = 15_000;

const UNKNOWN_STATE = 'The state of the release could not be read. Check it with helm_history.';

/** The release to change, and its revisions before the change. */
export interface ChangeTarget {
  cluster: Cluster;
  namespace: string;
  name: string;
  revisions: readonly Revision[];
}

/**
 * Follows changes of releases. Reports what they wait for and, when they fail, what is left and
 * what to do.
 */
@Injectable()
export class ReleaseChanges {
  constructor(private readonly store: ReleaseStore) {}

  /**
   * Runs helm for a change that waits for objects, with a line of progress every few seconds.
   * @returns what helm prints, then its warnings
   * @throws ToolError what `run` throws, with what is not ready and how to recover
   */
  async follow(
    target: ChangeTarget,
    run: () => Promise<HelmOutcome>,
    call: ToolCall,
  ): Promise<string> {
    const ended = new AbortController();
    const watching = this.watch(target, AbortSignal.any([ended.signal, call.signal]), call);
    try {
      const text = textOf(await run());
      await this.noteSecretsOf(target, call.signal);
      return text;
    } catch (error) {
      ended.abort();
      await this.noteSecretsOf(target, AbortSignal.timeout(LAST_LOOK_MS));
      throw await this.explained(error, target, await watching, call);
    } finally {
      ended.abort();
    }
  }

  /**
   * Notes the values of the Secrets in the newest revision, so that the answer shows none of them:
   * the notes and the failures of helm may quote them.
   */
  private async noteSecretsOf(
    { cluster, namespace, name }: ChangeTarget,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const last = (await this.store.find(cluster, namespace, name, signal)).at(-1);
      if (last) await redactRelease(await this.store.content(cluster, last, signal), signal, false);
    } catch {
      // The outcome of the change is reported all the same.
    }
  }

  /** Reports what is not ready until the signal aborts, and returns the last report. */
  private async watch(
    target: ChangeTarget,
    signal: AbortSignal,
    call: ToolCall,
  ): Promise<string[]> {
    let lines: string[] = [];
    let count = 1;
    const outage = new Outage(signal, (message) => call.progress({ progress: count, message }));
    for (; ; count++) {
      try {
        await sleep(count === 1 ? FIRST_LOOK_MS : LOOK_EVERY_MS, undefined, { signal });
        lines = (await outage.survive(() => this.look(target, signal))) ?? lines;
      } catch {
        // The change continues, whether or not it can be watched.
      }
      if (signal.aborted) return lines;
      const [first = 'helm is at work', ...others] = lines;
      const more = others.length > 0 ? ` (and ${others.length} more)` : '';
      call.progress({ progress: count, message: `${first}${more}` });
    }
  }

  /**
   * What is not ready of the revision that the change makes; undefined while that is not the newest
   * one.
   */
  private async look(
    { cluster, namespace, name, revisions }: ChangeTarget,
    signal: AbortSignal,
  ): Promise<string[] | undefined> {
    const last = (await this.store.find(cluster, namespace, name, signal)).at(-1);
    // helm may add a revision that takes a failed change back.
    if (last?.revision !== (revisions.at(-1)?.revision ?? 0) + 1) return undefined;
    const release = await this.store.content(cluster, last, signal);
    return unreadyObjects(cluster, release, signal);
  }

  private async explained(
    error: unknown,
    target: ChangeTarget,
    notReady: readonly string[],
    { signal }: ToolCall,
  ): Promise<unknown> {
    const failure: unknown = signal.aborted ? signal.reason : error;
    if (!(failure instanceof ToolError)) return failure;
    const waited = notReady.length > 0 ? [`Not ready: ${notReady.join('\n')}`] : [];
    const hint = await this.hint(target, signal.aborted);
    const { code } = failure;
    const reasons = code === 'timeout' || code === 'cancelled' ? waited : [];
    return explainedFailure(failure, [...reasons, ...hint]);
  }

  /** How to recover, if the change has left something behind or the release needed it before. */
  private async hint(
    { cluster, namespace, name, revisions }: ChangeTarget,
    isHurried: boolean,
  ): Promise<string[]> {
    const signal = AbortSignal.timeout(isHurried ? LAST_LOOK_MS : FAILURE_LOOK_MS);
    const outage = new Outage(signal, () => undefined);
    try {
      const now = await outage.survive(() => this.store.find(cluster, namespace, name, signal));
      if (!now) return [UNKNOWN_STATE];
      const [before, after] = [revisions.at(-1), now.at(-1)];
      const isSame =
        before?.uid === after?.uid && before?.resourceVersion === after?.resourceVersion;
      if (isSame && after?.status === 'failed') return [];
      const hint = await recoveryHint(this.store, cluster, now, signal);
      if (hint !== undefined) return [hint];
      return isSame ? [] : [standingOf(name, namespace, after)];
    } catch {
      return [UNKNOWN_STATE];
    }
  }
}

/** The state of a release that was changed although the change failed. */
function standingOf(name: string, namespace: string, last: Revision | undefined): string {
  const release = `Release "${name}" in namespace "${namespace}"`;
  return last
    ? `${release} is ${last.status} now (revision ${last.revision}).`
    : `${release} is gone now.`;
}
