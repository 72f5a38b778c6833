import { nearestHint, nearestNames } from '#cluster';
import { cutName, ToolError, type ToolDefinition } from '#tools';
import { categoryName } from '../../category-aliases.js';
import type { ConditionName, GivenCondition } from './given-conditions.js';

/** What a narrowing looks at. */
export type NarrowedTool = Pick<ToolDefinition, 'name' | 'category' | 'annotations'>;

interface Condition {
  /** The condition as the client wrote it. */
  readonly text: string;
  readonly allows: (tool: NarrowedTool) => boolean;
  /** How to connect to have a tool that it does not allow. */
  readonly wayTo: (tool: NarrowedTool) => string;
}

/** Wrong names of a list that are told. */
const MAX_TOLD = 5;

/** What a connection sees and may call: the tools that meet all of its conditions. */
export class Narrowing {
  /** @param given what the client gave, from which the same narrowing can be made again */
  constructor(
    private readonly conditions: readonly Condition[],
    readonly given: readonly GivenCondition[],
  ) {}

  allows(tool: NarrowedTool): boolean {
    return this.conditions.every((condition) => condition.allows(tool));
  }

  /** Why a tool may not be called, and how to get it. Undefined for one that may be called. */
  refusalOf(tool: NarrowedTool): ToolError | undefined {
    const unmet = this.conditions.filter((condition) => !condition.allows(tool));
    if (unmet.length === 0) return undefined;
    const ways = unmet.map(
      ({ text, wayTo }) =>
        `This connection was opened with ${text}. Connect ${wayTo(tool)} to use ${tool.name}.`,
    );
    return new ToolError('forbidden', ways.join(' '));
  }

  /** The conditions as the client wrote them. */
  toString(): string {
    return this.conditions.map(({ text }) => text).join(' and ') || 'no conditions';
  }
}

/** The narrowing of a connection that gives no conditions. */
export const EVERYTHING = new Narrowing([], []);

/**
 * The narrowing by some conditions.
 * @param tools all tools of the server
 * @throws ToolError `invalid_input` for a name that nothing has, a wrong value, and conditions that
 * no tool meets
 */
export function narrowingBy(
  given: readonly GivenCondition[],
  tools: readonly NarrowedTool[],
): Narrowing {
  if (given.length === 0) return EVERYTHING;
  const conditions = given.flatMap((one) => READERS[one.name](one, tools));
  const narrowing = new Narrowing(conditions, given);
  if (tools.some((tool) => narrowing.allows(tool))) return narrowing;
  throw new ToolError(
    'invalid_input',
    `No tool meets ${narrowing.toString()}. Leave one of these conditions out.`,
  );
}

type Reader = (given: GivenCondition, tools: readonly NarrowedTool[]) => Condition[];

const READERS: Readonly<Record<ConditionName, Reader>> = {
  categories({ text, entries }, tools) {
    const known = [...new Set(tools.map(({ category }) => category))];
    const wanted = entries.map(categoryName);
    refuseUnknown(wanted, { known, kind: 'category', text, all: `There are ${known.join(', ')}.` });
    return [
      {
        text,
        allows: ({ category }) => wanted.includes(category),
        wayTo: ({ category }) => `with ${category} in that list`,
      },
    ];
  },

  read_only({ text, entries }) {
    const values = entries.map((entry) => {
      const value = BOOLEANS.get(entry.toLowerCase());
      if (value !== undefined) return value;
      throw new ToolError(
        'invalid_input',
        `"${cutName(entry)}" in ${text} has to be true or false (also 1 or 0).`,
      );
    });
    if (!values.includes(true)) return [];
    return [
      {
        text,
        allows: ({ annotations }) => annotations.readOnlyHint,
        wayTo: () => 'without it',
      },
    ];
  },

  tools({ text, entries }, tools) {
    const known = tools.map(({ name }) => name);
    const all = 'A connection that gives no tools lists all of them.';
    refuseUnknown(entries, { known, kind: 'tool', text, all });
    const wanted = new Set(entries);
    return [
      {
        text,
        allows: ({ name }) => wanted.has(name),
        wayTo: ({ name }) => `with ${name} in that list`,
      },
    ];
  },
};

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

interface KnownNames {
  readonly known: readonly string[];
  readonly kind: string;
  /** The condition as the client wrote it. */
  readonly text: string;
  /** Where to find all names. */
  readonly all: string;
}

/** @throws ToolError `invalid_input` if there are unknown names, with the nearest known ones */
function refuseUnknown(names: readonly string[], { known, kind, text, all }: KnownNames): void {
  const unknown = [...new Set(names)].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const faults = unknown.slice(0, MAX_TOLD).map((name) => {
    const nearest = nearestHint(nearestNames(name, known));
    return `There is no ${kind} "${cutName(name)}".${nearest}`;
  });
  throw new ToolError('invalid_input', `${text}: ${faults.join(' ')} ${all}`);
}
