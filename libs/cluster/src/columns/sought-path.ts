import { isRecord } from '#base';
import { below, pathText, type FieldPath, type PathParameter } from './field-path.js';

/** Names that are remembered of the place where a path ends. */
const MAX_NAMES = 60;

/** A path that is looked for in objects, and what is there where no object has it. */
export class SoughtPath {
  /** Whether an object has had it. */
  isFound = false;
  /** Steps of the path as far as an object has it. Undefined while there was none. */
  private depth: number | undefined;
  private isList = false;
  private readonly names = new Set<string>();

  constructor(
    readonly path: FieldPath,
    /** The parameter that has it. */
    readonly parameter: PathParameter,
  ) {}

  /** Whether objects were seen, and none had it. */
  get isMissing(): boolean {
    return !this.isFound && this.depth !== undefined;
  }

  valuesIn(object: unknown): unknown[] {
    const values = this.path.valuesIn(object);
    if (values.length > 0) this.isFound = true;
    else if (!this.isFound) this.lookAround(object);
    return values;
  }

  /** What objects have instead, as a sentence. */
  get instead(): string {
    const { steps } = this.path;
    const place = pathText(steps.slice(0, this.depth));
    if (this.isList && typeof steps[this.depth ?? 0] === 'string') {
      return `${place} is a list: write ${place}[*]${pathText(steps.slice(this.depth))}.`;
    }
    const names = [...this.names].sort().join(', ');
    if (names === '') return `${place || 'An object'} has no fields.`;
    return `${place === '' ? 'Objects have' : `At ${place} there are`}: ${names}.`;
  }

  private lookAround(object: unknown): void {
    let values = [object];
    let depth = 0;
    for (const step of this.path.steps) {
      const next = below(values, step);
      if (next.length === 0) break;
      values = next;
      depth++;
    }
    if (depth < (this.depth ?? 0)) return;
    if (depth > (this.depth ?? 0)) {
      this.names.clear();
      this.isList = false;
    }
    this.depth = depth;
    for (const value of values) {
      if (Array.isArray(value)) this.isList = true;
      else if (isRecord(value)) this.addNames(value);
    }
  }

  private addNames(value: object): void {
    for (const name in value) {
      if (this.names.size === MAX_NAMES) return;
      this.names.add(name);
    }
  }
}
