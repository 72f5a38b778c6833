import { isDryRun, noteChange, shownLines, withHunks, type Change } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { nameOf, type ApplyItem } from './apply-plan.js';
import type { CheckedApply } from './apply-check.js';
import type { Applied } from './apply-send.js';

interface Outcome {
  /** `unknown` if the answer was lost. */
  state: 'created' | 'configured' | 'unchanged' | 'failed' | 'unknown';
  /** What an answer shows of it; undefined if it has failed. */
  shown?: { change: Change; lines: readonly string[] };
  removed: readonly string[];
  error?: ToolError;
}

/** Reports what an apply has done so far. */
export class ApplyReport {
  private readonly outcomes = new Map<ApplyItem, Outcome>();

  /** @param items all objects, in the order of their lines */
  constructor(private readonly items: readonly ApplyItem[]) {}

  /** Notes what would be done. */
  addChecked(item: ApplyItem, { before, after, removed, manifest }: CheckedApply): void {
    const change = { before, after, sent: manifest };
    this.add(item, change, shownLines(change, true), removed);
  }

  /** Notes what was done. @returns the object's line, as kubectl prints it */
  addApplied(item: ApplyItem, { before, after, removed }: Applied): string {
    const change = { before, after };
    const lines = shownLines(change, false);
    noteChange(change, lines);
    return `${item.label} ${this.add(item, change, lines, removed)}`;
  }

  fail(item: ApplyItem, error: ToolError): void {
    const state = error.isOutcomeUnknown ? 'unknown' : 'failed';
    this.outcomes.set(item, { state, removed: [], error });
  }

  get count(): number {
    return this.outcomes.size;
  }

  /** What was or would be done, for the answer of the call. */
  text(call: ToolCall): string {
    const notes = isDryRun(call) ? ['(dry run: nothing was changed)'] : [];
    for (const item of this.items) {
      const outcome = this.outcomes.get(item);
      if (!outcome) {
        const why = 'its namespace or its kind is created by this manifest';
        notes.push(`Not checked: ${nameOf(item)}, as ${why}`);
      } else if (outcome.removed.length > 0) {
        notes.push(`Removed from ${nameOf(item)}: ${outcome.removed.join(', ')}`);
      }
    }
    const isOnly = this.items.length === 1;
    const shown = this.items.flatMap((item) => {
      const one = this.outcomes.get(item)?.shown;
      return one ? [{ name: isOnly ? '' : nameOf(item), ...one }] : [];
    });
    const wayOn = isDryRun(call)
      ? 'A dry run of fewer objects shows more.'
      : 'k8s_get with output yaml shows an object.';
    return withHunks([...this.lines('not checked'), ...notes].join('\n'), shown, call, wayOn);
  }

  data(dryRun: boolean): object {
    const objects = this.items.map((item) => ({
      apiVersion: item.resource.apiVersion,
      kind: item.resource.kind,
      namespace: item.namespace,
      name: item.name,
      result: this.outcomes.get(item)?.state ?? 'not checked',
    }));
    return { dry_run: dryRun, objects };
  }

  /**
   * The error of an apply that ended early. Says exactly what was applied and what was not.
   * @param reason why it ended, if not because of an object
   */
  failure(reason?: ToolError): ToolError {
    const sentences = [this.countText];
    let cause = reason;
    for (const [item, { error }] of this.outcomes) {
      if (!error) continue;
      cause ??= error;
      const what = error.isOutcomeUnknown ? 'has an unknown outcome' : 'failed';
      sentences.push(`${nameOf(item)} ${what}: ${error.message}`);
    }
    if (reason) sentences.push(reason.message);
    const left = this.items.filter((item) => !this.outcomes.has(item)).map(nameOf);
    if (left.length > 0) sentences.push(`Not applied: ${left.join(', ')}`);
    return new ToolError(cause?.code ?? 'failed', sentences.join('\n'), {
      cause,
      // That one write may be repeated does not mean that the whole manifest may.
      retryable: false,
      retryAfterSeconds: cause?.retryAfterSeconds,
      isOutcomeUnknown: this.unknown > 0,
      output: this.lines('not applied').join('\n'),
    });
  }

  /** How many objects have an unknown outcome. */
  private get unknown(): number {
    return [...this.outcomes.values()].filter(({ state }) => state === 'unknown').length;
  }

  private get countText(): string {
    const outcomes = [...this.outcomes.values()];
    const applied = outcomes.filter(({ error }) => !error).length;
    const { unknown } = this;
    const of = `of ${this.items.length} objects`;
    if (unknown === 0) return `${applied || 'None'} ${of} applied`;
    return `${applied} ${of} are known to be applied; the outcome of ${unknown} is unknown`;
  }

  private lines(missing: string): string[] {
    return this.items.map((item) => `${item.label} ${this.outcomes.get(item)?.state ?? missing}`);
  }

  private add(
    item: ApplyItem,
    change: Change,
    lines: readonly string[],
    removed: readonly string[],
  ): Outcome['state'] {
    const changed = lines.length === 0 ? 'unchanged' : 'configured';
    const state = change.before ? changed : 'created';
    this.outcomes.set(item, { state, shown: { change, lines }, removed });
    return state;
  }
}
