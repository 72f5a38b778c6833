import { diffObjects, noteChange } from '#cluster';
import { ToolError } from '#tools';
import { nameOf, type ApplyItem } from './apply-plan.js';
import type { Applied } from './apply-send.js';

/** Most lines of diffs in one answer; more can be seen object by object. */
const MAX_DIFF_LINES = 2_000;

interface Outcome {
  /** `unknown` if the answer was lost. */
  state: 'created' | 'configured' | 'unchanged' | 'failed' | 'unknown';
  diff: string;
  removed: readonly string[];
  error?: ToolError;
}

/** Reports what an apply has done so far. */
export class ApplyReport {
  private readonly outcomes = new Map<ApplyItem, Outcome>();

  /** @param items all objects, in the order of their lines */
  constructor(private readonly items: readonly ApplyItem[]) {}

  /** Notes what would be done. @returns the object's line, as kubectl prints it */
  add(item: ApplyItem, { before, after, removed }: Applied): string {
    const diff = diffObjects(before, after);
    const state = !before ? 'created' : diff === '' ? 'unchanged' : 'configured';
    this.outcomes.set(item, { state, diff, removed });
    return `${item.label} ${state}`;
  }

  /** As `add`, for what was done. */
  addApplied(item: ApplyItem, applied: Applied): string {
    const line = this.add(item, applied);
    noteChange(applied, this.outcomes.get(item)!.diff);
    return line;
  }

  fail(item: ApplyItem, error: ToolError): void {
    const state = error.isOutcomeUnknown ? 'unknown' : 'failed';
    this.outcomes.set(item, { state, diff: '', removed: [], error });
  }

  get count(): number {
    return this.outcomes.size;
  }

  text(isDryRun: boolean): string {
    const notes = isDryRun ? ['(dry run: nothing was changed)'] : [];
    for (const item of this.items) {
      const outcome = this.outcomes.get(item);
      if (!outcome) {
        const why = 'its namespace or its kind is created by this manifest';
        notes.push(`Not checked: ${nameOf(item)}, as ${why}`);
      } else if (outcome.removed.length > 0) {
        notes.push(`Removed from ${nameOf(item)}: ${outcome.removed.join(', ')}`);
      }
    }
    const head = [...this.lines('not checked'), ...notes].join('\n');
    return [head, ...this.diffs()].join('\n\n');
  }

  data(isDryRun: boolean): object {
    const objects = this.items.map((item) => ({
      apiVersion: item.resource.apiVersion,
      kind: item.resource.kind,
      namespace: item.namespace,
      name: item.name,
      result: this.outcomes.get(item)?.state ?? 'not checked',
    }));
    return { dry_run: isDryRun, objects };
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

  private diffs(): string[] {
    const shown: string[] = [];
    let hidden = 0;
    let total = 0;
    for (const item of this.items) {
      const diff = this.outcomes.get(item)?.diff ?? '';
      if (diff === '') continue;
      total += diff.split('\n').length;
      if (total > MAX_DIFF_LINES) hidden++;
      else shown.push(`${nameOf(item)}:\n${diff}`);
    }
    return hidden > 0 ? [...shown, `[The diffs of ${hidden} more objects are left out.]`] : shown;
  }
}
