import { setImmediate } from 'node:timers/promises';
import { mapConcurrently } from '#base';
import { apiStatusOf, isDryRun, type Cluster } from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import type { ApplyOptions } from './apply-attempt.js';
import type { CheckedApply } from './apply-check.js';
import { LiveObjects } from './apply-live.js';
import { isDefinedBy, nameOf, type ApplyItem, type ApplyPlan } from './apply-plan.js';
import { ApplyReport } from './apply-report.js';
import { untilServed, waitUntilEstablished } from './apply-definition.js';
import { checkSteady, sendApply } from './apply-send.js';
import { WriteTail } from './apply-tail.js';
import { withoutValues } from './manifest/manifest-secret.js';

/** Requests at a time. */
const CONCURRENCY = 32;

/**
 * One apply. Sends namespaces first, then custom resource definitions (and waits until they are
 * served), then the rest in the order of the manifest. Only neighbours of one kind are sent at the
 * same time. Sends nothing more after the first failure.
 */
export class ApplyRun {
  private readonly items: readonly ApplyItem[];
  private readonly live: LiveObjects;
  private readonly report: ApplyReport;
  private readonly checks = new Map<ApplyItem, CheckedApply>();
  private turns = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly plan: ApplyPlan,
    private readonly options: ApplyOptions,
  ) {
    this.items = [...plan.namespaces, ...plan.definitions, ...plan.others];
    this.live = new LiveObjects(cluster, this.items, options.signal);
    this.report = new ApplyReport(this.items);
  }

  /**
   * Checks many objects at a time. Leaves out those that need a namespace or kind that the manifest
   * itself creates.
   * @throws ToolError that names all objects that cannot be applied
   */
  async check(): Promise<void> {
    const { namespaces, definitions, others } = this.plan;
    await this.checkEach([...namespaces, ...definitions]);
    const created = namespaces.filter((item) => !this.checks.get(item)?.before);
    const names = created.map(({ name }) => name);
    const changed = definitions.filter((item) => this.checks.get(item)?.isNeeded);
    await this.checkEach(
      others.filter((item) => !names.includes(item.namespace ?? '') && !isDefinedBy(item, changed)),
    );
  }

  /** Applies everything. @throws ToolError whose output says what was applied and what was not */
  async send(progress: ToolCall['progress']): Promise<void> {
    const tail = new WriteTail(this.options.signal);
    try {
      for (const batch of batchesOf(this.items)) {
        const isSent = await this.sendEach(batch, tail.signal, progress);
        if (!isSent) throw this.report.failure(this.abortReason);
        if (this.plan.definitions.includes(batch[0]!)) await this.establish(batch, progress);
      }
    } finally {
      tail.dispose();
    }
  }

  /** What was done or, in a dry run, would be done. */
  async result(call: ToolCall): Promise<ToolResult> {
    const dryRun = isDryRun(call);
    if (dryRun) {
      for (const [item, checked] of this.checks) {
        await this.turn();
        this.report.addChecked(item, checked);
      }
    }
    return { output: this.report.text(call), data: this.report.data(dryRun) };
  }

  /**
   * Lets other work run before each diff, as the diffs of many large objects take long together.
   */
  private turn(): Promise<void> {
    this.turns = this.turns.then(() => setImmediate());
    return this.turns;
  }

  private async checkEach(items: readonly ApplyItem[]): Promise<void> {
    const { signal } = this.options;
    const failed = new Map<ApplyItem, ToolError>();
    await mapConcurrently(items, CONCURRENCY, async (item) => {
      if (signal.aborted) return;
      try {
        this.checks.set(item, await checkSteady(this.cluster, item, this.live, this.options));
      } catch (error) {
        failed.set(item, named(item, this.failureOf(item, error)));
      }
    });
    if (signal.aborted) throw ofNoEffect(signal.reason);
    const failures = items.flatMap((item) => failed.get(item) ?? []);
    const [failure] = failures;
    if (!failure) return;
    const messages = [...failures.map(({ message }) => message), 'Nothing was applied.'];
    throw failure.with({ message: messages.join('\n') });
  }

  /** @returns whether all were sent; failures are in the report */
  private async sendEach(
    batch: readonly ApplyItem[],
    writeSignal: AbortSignal,
    progress: ToolCall['progress'],
  ): Promise<boolean> {
    const { cluster, live, options, report } = this;
    let isSent = true;
    await mapConcurrently(batch, CONCURRENCY, async (item) => {
      if (!isSent) return;
      try {
        options.signal.throwIfAborted();
        const checked = this.checks.get(item) ?? (await this.checkLate(item));
        const applied = await sendApply(cluster, item, checked, live, options, writeSignal);
        await this.turn();
        const message = report.addApplied(item, applied);
        progress({ progress: report.count, total: this.items.length, message });
      } catch (error) {
        isSent = false;
        // An object that the end of the call kept from being sent was not applied.
        if (error !== options.signal.reason) report.fail(item, this.failureOf(item, error));
      }
    });
    return isSent;
  }

  /** Checks an object that needed a namespace or kind that the manifest itself creates. */
  private checkLate(item: ApplyItem): Promise<CheckedApply> {
    const { cluster, live, options, plan } = this;
    const check = () => checkSteady(cluster, item, live, options);
    return isDefinedBy(item, plan.definitions) ? untilServed(check, options.signal) : check();
  }

  private get abortReason(): ToolError | undefined {
    const { aborted, reason } = this.options.signal;
    return aborted && reason instanceof ToolError ? reason : undefined;
  }

  private async establish(
    definitions: readonly ApplyItem[],
    progress: ToolCall['progress'],
  ): Promise<void> {
    const { cluster, options, report, items } = this;
    const tell = (message: string) =>
      progress({ progress: report.count, total: items.length, message });
    // The first failure ends the wait for the others.
    const failed = new AbortController();
    const signal = AbortSignal.any([options.signal, failed.signal]);
    await mapConcurrently(definitions, CONCURRENCY, async (item) => {
      try {
        await waitUntilEstablished(cluster, item, signal, tell);
      } catch (error) {
        const failure = report.failure(this.failureOf(item, error));
        failed.abort(failure);
        throw failure;
      }
    });
    cluster.discovery.invalidate();
  }

  /**
   * Why an object was not applied, without values of Secrets. Throws an error that is not about the
   * object.
   */
  private failureOf({ object, namespace }: ApplyItem, error: unknown): ToolError {
    const { signal } = this.options;
    const failure: unknown =
      !(error instanceof ToolError) && signal.aborted ? signal.reason : error;
    if (!(failure instanceof ToolError)) throw failure;
    const missing = apiStatusOf(failure)?.details;
    if (
      failure.code === 'not_found' &&
      missing?.kind === 'namespaces' &&
      missing.name === namespace
    ) {
      const message = `The namespace "${namespace}" does not exist. Create it, or put it into the manifest.`;
      return failure.with({ message });
    }
    return withoutValues(failure, object);
  }
}

/** Groups of neighbours of one kind. */
function batchesOf(items: readonly ApplyItem[]): ApplyItem[][] {
  const batches: ApplyItem[][] = [];
  for (const item of items) {
    const last = batches.at(-1);
    if (last?.[0]?.resource === item.resource) last.push(item);
    else batches.push([item]);
  }
  return batches;
}

/** The reason for the end of a call before its first write. */
function ofNoEffect(reason: unknown): unknown {
  if (!(reason instanceof ToolError)) return reason;
  return reason.with({ message: `${reason.message} Nothing was applied.` });
}

function named(item: ApplyItem, failure: ToolError): ToolError {
  return failure.with({ message: `${nameOf(item)}: ${failure.message}` });
}
