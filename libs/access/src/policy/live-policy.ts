import { Logger } from '@nestjs/common';
import { policyText } from './policy-text.js';
import { PolicyEngine } from './policy.engine.js';
import { PolicyError } from './policy.error.js';
import { POLICY_LOADS } from './policy-metrics.js';
import type { Policy } from './policy.js';
import { readPolicy, type KnownNames } from './read-policy.js';
import { defaultPolicy, isReadyPolicy, readyPolicy } from './ready-policies.js';

/** Milliseconds between two looks at the file. It is small, so it is read each time. */
const LOOK_MS = 2_000;

export interface LivePolicyOptions {
  /** The value of `POLICY_FILE`: a path, the name of a ready policy, or '' for the default. */
  readonly source: string;
  readonly known: KnownNames;
  /** The id of the principal that proves itself by the token of this machine. */
  readonly localPrincipal: string;
  /** Is called when another policy has come into force. */
  readonly onReplaced?: (() => void) | undefined;
  readonly lookMs?: number | undefined;
}

/**
 * The policy that is in force. It follows its file: a change takes effect within seconds, and a
 * wrong file leaves the policy in force that was there before.
 */
export class LivePolicy {
  private readonly logger = new Logger(LivePolicy.name);
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  private problem: string | undefined;

  private constructor(
    readonly engine: PolicyEngine,
    private readonly options: LivePolicyOptions,
    private text: string,
  ) {}

  /** @throws PolicyError for a policy that is wrong: the server must not start with it */
  static async open(options: LivePolicyOptions): Promise<LivePolicy> {
    const { policy, text } = await loadPolicy(options);
    const live = new LivePolicy(new PolicyEngine(policy), options, text ?? '');
    if (text !== undefined) live.lookLater();
    return live;
  }

  /** Why the file is not what is in force; undefined if it is. For the health of the server. */
  get failure(): string | undefined {
    return this.problem;
  }

  /** Follows the file no longer. The policy stays in force. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private lookLater(): void {
    if (this.isClosed) return;
    const { lookMs = LOOK_MS } = this.options;
    this.timer = setTimeout(() => void this.look(), lookMs).unref();
  }

  private async look(): Promise<void> {
    const { source: file, known, onReplaced } = this.options;
    try {
      const text = await policyText(file);
      if (text !== this.text) {
        const policy = readPolicy(text, file, known);
        this.engine.replace(policy);
        this.text = text;
        this.logger.log({ msg: 'policy replaced', file, rules: policy.rules.length });
        POLICY_LOADS.add(1, 'success');
        onReplaced?.();
      } else if (this.problem !== undefined) {
        this.logger.log({ msg: 'policy file is again what is in force', file });
      }
      this.problem = undefined;
    } catch (error) {
      this.report(error);
    }
    this.lookLater();
  }

  private report(error: unknown): void {
    const { source: file } = this.options;
    const problem = error instanceof Error ? error.message : String(error);
    // Once for each thing that is wrong, however often it is looked at.
    if (problem !== this.problem) {
      POLICY_LOADS.add(1, 'failure');
      const msg = 'policy file is wrong, the policy before it stays in force';
      this.logger.error(
        error instanceof PolicyError
          ? { msg, file, faults: error.faults }
          : { msg, file, err: error },
      );
    }
    this.problem = problem;
  }
}

/**
 * Reads the policy that a setting names.
 * @throws PolicyError
 */
export async function loadPolicy({
  source,
  known,
  localPrincipal,
}: LivePolicyOptions): Promise<{ policy: Policy; text?: string }> {
  if (source === '') return { policy: defaultPolicy(localPrincipal) };
  if (isReadyPolicy(source)) return { policy: readyPolicy(source) };
  const text = await policyText(source);
  return { policy: readPolicy(text, source, known), text };
}
