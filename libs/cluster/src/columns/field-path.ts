import { isRecord } from '#base';
import { invalidField } from '#tools';

/** A field, an item of a list, or every item (null). */
export type Step = string | number | null;

/** The parameters that take paths. */
export type PathParameter = 'fields' | 'sort_by';

/** Steps that a path may have: no object is that deep. */
const MAX_STEPS = 100;

/** One step: a plain name (with escaped dots), `[*]`, an index, or a name in quotes. */
const STEP =
  /(?:\.(?!\[))?((?:\\.|[^\\.[\]{}()'"`\s])+)|\.?\[(?:(\*)|(-?\d{1,9})|'([^']*)'|"([^"]*)")\]/y;

const ACCEPTS =
  "a path such as .metadata.name, .spec.containers[*].image or .metadata.labels['a.b/c']";

/**
 * Where a value stands in an object: a JSONPath of names and items only. Nothing of it is
 * evaluated.
 */
export class FieldPath {
  constructor(readonly steps: readonly Step[]) {}

  /** What there is at the path, in order; nothing where a value is missing or null. */
  valuesIn(object: unknown): unknown[] {
    let values = [object];
    for (const step of this.steps) values = below(values, step);
    return values;
  }

  toString(): string {
    return pathText(this.steps);
  }
}

/**
 * Reads a path as kubectl takes it: `.metadata.name`, with or without the first dot or braces.
 * @throws ToolError `invalid_input`
 */
export function parseFieldPath(text: string, parameter: PathParameter): FieldPath {
  const inner = text.trim().replace(/^\{(.*)\}$/, '$1');
  const path = inner.replace(/^\$(?=[.[])/, '');
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const at = STEP.lastIndex;
    const found = STEP.exec(path);
    const step = found ? stepOf(found) : undefined;
    const needsDot = found?.[1] !== undefined && at > 0 && path[at] !== '.';
    if (step === undefined || needsDot || steps.length === MAX_STEPS) {
      throw invalidField(parameter, `has "${text}", which is no path`, { accepts: ACCEPTS });
    }
    steps.push(step);
  }
  if (steps.length === 0) throw invalidField(parameter, 'has an empty path', { accepts: ACCEPTS });
  return new FieldPath(steps);
}

function stepOf([, name, every, index, single, double]: RegExpExecArray): Step | undefined {
  if (every !== undefined || name === '*') return null;
  if (index !== undefined) return Number(index);
  return name?.replace(/\\(.)/g, '$1') ?? single ?? double;
}

/** What is one step below some values. */
export function below(values: readonly unknown[], step: Step): unknown[] {
  const found: unknown[] = [];
  const add = (value: unknown) => {
    if (value !== null && value !== undefined) found.push(value);
  };
  for (const value of values) {
    if (Array.isArray(value)) {
      if (step === null) value.forEach(add);
      else if (typeof step === 'number') add(value.at(step));
    } else if (isRecord(value)) {
      if (step === null) Object.values(value).forEach(add);
      else if (Object.hasOwn(value, step)) add(value[step]);
    }
  }
  return found;
}

/** Steps as a path; "" for none. */
export function pathText(steps: readonly Step[]): string {
  return steps
    .map((step) => {
      if (step === null) return '[*]';
      if (typeof step === 'number') return `[${step}]`;
      return /^[\w/-]+$/.test(step) ? `.${step}` : `['${step}']`;
    })
    .join('');
}
