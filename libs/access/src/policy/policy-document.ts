import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { nearestHint, nearestNames } from '#cluster';
import { PolicyError, type PolicyFault } from './policy.error.js';

/** After these, a file is wrong as a whole. */
const MAX_FAULTS = 20;

/** A field of a map: its key and its value, where they stand. */
export interface Field {
  readonly name: string;
  readonly key: Node;
  /** Null if nothing stands after the colon. */
  readonly value: Node | null;
}

/**
 * A YAML text that is read node by node, so that each fault is told with its place. Reading goes on
 * after a fault, so that one look tells of all.
 */
export class PolicyDocument {
  private readonly lines = new LineCounter();
  private readonly document: Document;
  private readonly faults: PolicyFault[] = [];

  /** @throws PolicyError for a text that is not YAML */
  constructor(
    private readonly source: string,
    text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    for (const { pos, message } of this.document.errors) this.addAt(pos[0], message);
    this.throwFaults();
  }

  get root(): Node | null {
    return this.resolve(this.document.contents);
  }

  /**
   * The fields of a map that may have some names; others are faults. Undefined for what is no map
   * with fields.
   * @param otherwise what the node might be too, e.g. `'"all" or '`
   */
  fields(
    node: Node | null,
    what: string,
    names: readonly string[],
    otherwise = '',
  ): Field[] | undefined {
    const map = this.resolve(node);
    if (!isMap(map) || map.items.length === 0) {
      this.add(node, `${what} has to be ${otherwise}a map with ${oneOf(names)}.`);
      return undefined;
    }
    return this.fieldsOf(map).filter(({ name, key }) => {
      if (names.includes(name)) return true;
      const nearest = nearestHint(nearestNames(name, names));
      this.add(key, `${what} has no "${name}". It may have ${oneOf(names)}.${nearest}`);
      return false;
    });
  }

  /** The entries of a list that has at least one; undefined for anything else. */
  entries(node: Node | null, what: string, most: number): (Node | null)[] | undefined {
    const list = this.resolve(node);
    if (!isSeq(list)) {
      this.add(node, `${what} has to be a list, such as [one, other].`);
    } else if (list.items.length === 0) {
      this.add(
        node,
        `${what} is an empty list, which matches nothing. Name something or leave it out.`,
      );
    } else if (list.items.length > most) {
      this.add(node, `${what} has ${list.items.length} entries. The most are ${most}.`);
    } else {
      return list.items as (Node | null)[];
    }
    return undefined;
  }

  /** A text; undefined for anything else, and for one that is too long. */
  text(node: Node | null, what: string, most: number): string | undefined {
    const scalar = this.resolve(node);
    const value = isScalar(scalar) ? scalar.value : undefined;
    if (typeof value !== 'string') {
      const source = isScalar(scalar) ? scalar.source : undefined;
      const hint = source ? ` Write it in quotes: "${source}".` : '';
      this.add(node, `${what} has to be a text.${hint}`);
    } else if (value.length > most) {
      this.add(node, `${what} has ${value.length} characters. The most are ${most}.`);
    } else {
      return value;
    }
    return undefined;
  }

  /** Notes what is wrong at a node; null is the begin of the document. */
  add(node: Node | null, message: string): void {
    this.addAt(node?.range?.[0] ?? 0, message);
  }

  /** @throws PolicyError if there are faults, in the order of the file */
  throwFaults(): void {
    if (this.faults.length === 0) return;
    throw new PolicyError(
      this.source,
      this.faults.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_FAULTS),
    );
  }

  resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.document) ?? null) : node;
  }

  private addAt(offset: number, message: string): void {
    const { line, col } = this.lines.linePos(offset);
    this.faults.push({ line: Math.max(1, line), column: Math.max(1, col), message });
  }

  private fieldsOf(map: YAMLMap): Field[] {
    return (map.items as { key: Node; value: Node | null }[]).map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      // What stands after an empty field would be blamed otherwise.
      return { name, key, value: value?.range ? value : null };
    });
  }
}

function oneOf(names: readonly string[]): string {
  return names.join(', ').replace(/, ([^,]*)$/, ' or $1');
}
