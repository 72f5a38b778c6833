import { ToolError, type ToolErrorCode } from '#tools';
import { podName, type DrainPod } from './drain-plan.js';
import type { DrainDto } from './drain.dto.js';
import type { Eviction } from './eviction.js';

/** A pod that has to leave the node. */
export interface LeavingPod {
  pod: DrainPod;
  /** The latest answer; `asked` while the answer is pending. */
  eviction: Eviction | { state: 'waiting' | 'asked' };
  /** When to try again, by `performance.now()`. */
  retryAt: number;
}

const STATES = {
  waiting: 'not evicted yet',
  asked: 'asked to be evicted, no answer',
  evicted: 'evicted, still ending',
};

/** The progress of a drain. */
export class DrainProgress {
  /** The pods that are still on the node, by uid. */
  readonly leaving: Map<string, LeavingPod>;
  readonly gone: DrainPod[] = [];

  /** @param pods all pods that have to leave */
  constructor(pods: readonly DrainPod[]) {
    this.leaving = new Map(
      pods.map((pod): [string, LeavingPod] => [
        pod.metadata.uid,
        {
          pod,
          eviction: { state: pod.metadata.deletionTimestamp === undefined ? 'waiting' : 'evicted' },
          retryAt: 0,
        },
      ]),
    );
  }

  get total(): number {
    return this.leaving.size + this.gone.length;
  }

  /** The pods to evict now. */
  get due(): LeavingPod[] {
    return [...this.leaving.values()].filter(
      ({ eviction: { state }, retryAt }) =>
        state !== 'evicted' && state !== 'refused' && retryAt <= performance.now(),
    );
  }

  /** Whether only pods that cannot be evicted are left. */
  get isOver(): boolean {
    return this.leaving.size === this.refused.length;
  }

  /** Records which pods are still on the node. */
  see(uids: ReadonlySet<string>): void {
    for (const [uid, { pod }] of this.leaving) {
      if (uids.has(uid)) continue;
      this.leaving.delete(uid);
      this.gone.push(pod);
    }
  }

  /** `3 of 5 pods evicted`. */
  get text(): string {
    return `${this.gone.length} of ${counted(this.total)} evicted`;
  }

  /** The distinct reasons why evictions are blocked now. */
  get held(): string[] {
    const reasons = [...this.leaving.values()].flatMap(({ eviction }) =>
      eviction.state === 'blocked' ? eviction.reason : [],
    );
    return [...new Set(reasons)];
  }

  /** The pods that cannot be evicted, each with the reason. */
  get refusals(): string[] {
    return this.refused.map(({ name, reason }) => `${name} cannot be evicted: ${reason}`);
  }

  /** The failure of a drain that reached its time limit. */
  timedOut({ node_name: node, timeout_seconds: seconds }: DrainDto, cause: unknown): ToolError {
    const why = this.held.map((reason) => ` Held by: ${reason}.`);
    return new ToolError(
      'timeout',
      `Node ${node} is not empty after ${seconds} s: ${this.text}.${why.join('')}${this.refusalsText} It stays cordoned: call k8s_drain again to continue, or k8s_uncordon to give up.`,
      { cause, output: this.report },
    );
  }

  /** The failure of a drain that leaves only pods that cannot be evicted. */
  incomplete(node: string): ToolError {
    const codes = new Set(this.refused.map(({ code }) => code));
    const [code = 'failed'] = codes;
    return new ToolError(
      codes.size === 1 ? code : 'failed',
      `Node ${node} is not empty: ${this.text}.${this.refusalsText} It stays cordoned: remove what is in the way and call k8s_drain again, or k8s_uncordon to give up.`,
      { output: this.report },
    );
  }

  /** Any other failure, with the progress of the drain. */
  stopped(node: string, error: unknown): unknown {
    if (!(error instanceof ToolError)) return error;
    return error.with({
      message: `${error.message} The drain stopped; node ${node} stays cordoned.`,
      cause: error,
      output: this.report,
    });
  }

  private get refused(): { name: string; reason: string; code: ToolErrorCode }[] {
    return [...this.leaving.values()].flatMap(({ pod, eviction }) =>
      eviction.state === 'refused' ? { ...eviction, name: podName(pod) } : [],
    );
  }

  private get refusalsText(): string {
    return this.refusals.map((refusal) => ` ${refusal.replace(/\.?$/, '.')}`).join('');
  }

  private get report(): string {
    const left = [...this.leaving.values()].map(({ pod, eviction }) => {
      const state = 'reason' in eviction ? eviction.reason : STATES[eviction.state];
      return `${podName(pod)} (${state})`;
    });
    return [...listed('Evicted', this.gone.map(podName)), ...listed('Left', left)].join('\n\n');
  }
}

/** A titled list of names, or nothing if there are no names. */
export function listed(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${title}:\n${names.map((name) => `  ${name}`).join('\n')}`];
}

/** `1 pod`, `2 pods`. */
export function counted(pods: number): string {
  return `${pods} ${pods === 1 ? 'pod' : 'pods'}`;
}
