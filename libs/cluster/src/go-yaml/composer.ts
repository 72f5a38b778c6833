import { BrokenText } from './broken-text.js';
import type { Budget } from './budget.js';
import { addEntries, isEntries, setEntry, type Entries } from './entries.js';
import {
  AFTER_ITEM,
  AFTER_LEVEL_ITEM,
  AFTER_ENTRY,
  AFTER_FLOW_ITEM,
  AFTER_FLOW_ENTRY,
  AFTER_CONTENT,
  isMerge,
  type Node,
  type Entry,
  type Anchored,
  type Place,
} from './nodes.js';
import { keyText, resolveScalar, TAG_PREFIX, type Scalar } from './scalar-value.js';
import { Scanner } from './scanner.js';
import type { Mark, Token } from './tokens.js';

export interface ReadOptions {
  budget: Budget;
  /** Whether the last of two equal keys counts, as in go-yaml. Otherwise they are refused. */
  lastKeyCounts: boolean;
}

/**
 * Makes JSON data of YAML as go-yaml v2 and sigs.k8s.io/yaml do (parserc.go, decode.go, yaml.go),
 * and so kubectl, helm and API servers: keys that are numbers or booleans become texts, `<<` merges
 * where it stands, unknown tags have no effect.
 */
export class Composer {
  private readonly scanner: Scanner;
  private readonly budget: Budget;
  private anchors = new Map<string, Anchored>();
  private tags = new Map<string, string>();
  private isFirst = true;

  constructor(
    text: string,
    private readonly options: ReadOptions,
  ) {
    this.scanner = new Scanner(text);
    this.budget = options.budget;
  }

  /**
   * The next document, and the offset of its content. Undefined after the last one.
   * @throws BrokenText
   */
  next(): { value: unknown; offset: number } | undefined {
    while (!this.isFirst && this.take('document-end'));
    if (this.isAt('end')) return undefined;
    this.readDirectives();
    if (!this.take('document-start') && !this.isFirst) {
      this.fail('the document ends before this line; check its indentation');
    }
    this.isFirst = false;
    this.anchors = new Map();
    this.budget.nextDocument();
    const node = this.nodeUnless(AFTER_CONTENT, 'block');
    this.take('document-end');
    return { value: this.dataOf(node), offset: node.offset };
  }

  private isAt(type: Token['type']): boolean {
    return this.scanner.peek().type === type;
  }

  private take(type: Mark): boolean {
    const isThere = this.isAt(type);
    if (isThere) this.scanner.next();
    return isThere;
  }

  private fail(message: string, offset = this.scanner.peek().offset, earlier?: number): never {
    throw new BrokenText(message, offset, earlier);
  }

  private readDirectives(): void {
    this.tags = new Map([
      ['!', '!'],
      ['!!', TAG_PREFIX],
    ]);
    if (!this.isAt('directive')) return;
    for (let token = this.scanner.peek(); token.type === 'directive'; token = this.scanner.peek()) {
      if (token.definition) this.tags.set(token.definition.handle, token.definition.prefix);
      this.scanner.next();
    }
    if (!this.isAt('document-start')) this.fail('expected --- after the directives');
  }

  /** @param after the tokens that show that it is left out, which is null */
  private nodeUnless(after: readonly Token['type'][], place: Place, isItems = false): Node {
    return after.includes(this.scanner.peek().type) ? this.empty() : this.node(place, isItems);
  }

  private empty(): Node {
    return this.scalar({ text: '', tag: '', isPlain: true }, this.scanner.peek().offset);
  }

  private node(place: Place, isItems: boolean): Node {
    const { scanner, budget } = this;
    const token = scanner.peek();
    if (token.type === 'alias') return this.alias(token.name, token.offset);
    const { anchor, tag } = this.properties();
    const { spent } = budget;
    const anchored: Anchored = { spent };
    // Set before its content is read, so that an alias inside finds it unfinished.
    if (anchor !== undefined) this.anchors.set(anchor, anchored);
    const node = this.content(place, isItems, tag, anchor !== undefined);
    anchored.spent = {
      values: budget.spent.values - spent.values,
      bytes: budget.spent.bytes - spent.bytes,
    };
    anchored.node = node;
    return node;
  }

  private alias(name: string, offset: number): Node {
    this.scanner.next();
    const anchored = this.anchors.get(name);
    if (!anchored) this.fail('an alias (*name) has no anchor (&name) before it', offset);
    if (!anchored.node) this.fail('an alias (*name) is inside the value that it repeats', offset);
    this.budget.takeAlias(offset, anchored.spent);
    return { ...anchored.node, offset, isAlias: true };
  }

  private properties(): { anchor?: string; tag?: string } {
    const found: { anchor?: string; tag?: string } = {};
    for (;;) {
      const token = this.scanner.peek();
      if (token.type === 'anchor' && found.anchor === undefined) {
        found.anchor = token.name;
      } else if (token.type === 'tag' && found.tag === undefined) {
        const prefix = token.handle === '' ? '' : this.tags.get(token.handle);
        if (prefix === undefined) this.fail('the handle of this tag is not defined');
        found.tag = prefix + token.suffix;
      } else {
        return found;
      }
      this.scanner.next();
    }
  }

  private content(
    place: Place,
    isItems: boolean,
    tag: string | undefined,
    hasAnchor: boolean,
  ): Node {
    const token = this.scanner.peek();
    const { type, offset } = token;
    const list = (next: () => Node | undefined) => this.list(next, offset, isItems);
    if (type === '-' && place === 'value of a block') return list(() => this.levelItem());
    if (type === 'scalar') {
      this.scanner.next();
      const isPlain = tag === undefined ? token.isPlain : tag === '!';
      return this.scalar({ text: token.text, tag: tag ?? '', isPlain }, offset);
    }
    if (this.take('[')) return list(this.flowItems());
    if (this.take('{')) {
      return this.map({ next: this.flowKeys(), place: 'flow', after: [',', '}'] }, offset);
    }
    if (place !== 'flow' && this.take('list')) return list(() => this.blockItem());
    if (place !== 'flow' && this.take('map')) {
      const next = () => this.blockKey();
      return this.map({ next, place: 'value of a block', after: AFTER_ENTRY }, offset);
    }
    if (!hasAnchor && tag === undefined) this.fail('expected a value');
    return this.scalar({ text: '', tag: tag ?? '', isPlain: tag === undefined }, offset);
  }

  private scalar(scalar: Scalar, offset: number): Node {
    this.budget.take(offset, scalar.text.length + 2);
    const resolved = resolveScalar(scalar);
    if (!resolved) this.fail('the value does not match its tag', offset);
    this.budget.takeScalar(offset, resolved.value);
    return { value: resolved.value, offset, scalar: { ...scalar, resolved } };
  }

  private list(next: () => Node | undefined, offset: number, isItems: boolean): Node {
    this.budget.take(offset, 2);
    this.budget.enter(offset);
    const value: unknown[] = [];
    for (let node = next(); node; node = next()) {
      value.push(this.dataOf(node));
      if (isItems) this.budget.nextObject();
    }
    this.budget.leave();
    return { value, offset };
  }

  private blockItem(): Node | undefined {
    if (this.take('-')) return this.nodeUnless(AFTER_ITEM, 'block');
    if (this.take('block-end')) return undefined;
    return this.fail('expected "- " and the next item of the list; check the indentation');
  }

  /** An item of a list that has the same column as its key. */
  private levelItem(): Node | undefined {
    return this.take('-') ? this.nodeUnless(AFTER_LEVEL_ITEM, 'block') : undefined;
  }

  private flowItems(): () => Node | undefined {
    let isFirst = true;
    return () => {
      if (!isFirst && !this.isAt(']') && !this.take(',')) this.fail('expected , or ]');
      isFirst = false;
      if (this.take(']')) return undefined;
      const { type, offset } = this.scanner.peek();
      if (type !== '?') return this.node('flow', false);
      return this.map({ next: this.singleKey(), place: 'flow', after: [',', ']'] }, offset);
    };
  }

  /** Of `[key: value]`, a map of one entry. */
  private singleKey(): () => Node | undefined {
    let isDone = false;
    return () => {
      if (isDone) return undefined;
      isDone = true;
      this.scanner.next();
      return this.nodeUnless(AFTER_FLOW_ITEM, 'flow');
    };
  }

  private blockKey(): Node | undefined {
    if (this.take('?')) return this.nodeUnless(AFTER_ENTRY, 'value of a block');
    if (this.take('block-end')) return undefined;
    return this.fail('expected a key; check the indentation');
  }

  private flowKeys(): () => Node | undefined {
    let isFirst = true;
    return () => {
      if (!isFirst && !this.isAt('}') && !this.take(',')) this.fail('expected , or }');
      isFirst = false;
      if (this.take('}')) return undefined;
      if (this.take('?')) return this.nodeUnless(AFTER_FLOW_ENTRY, 'flow');
      return { ...this.node('flow', false), isBare: true };
    };
  }

  private map({ next, place, after }: Entry, offset: number): Node {
    this.budget.take(offset, 2);
    this.budget.enter(offset);
    const entries: Entries = {};
    const places = new Map<string, number>();
    const valueOf = ({ isBare }: Node, isItems = false) =>
      !isBare && this.take(':') ? this.nodeUnless(after, place, isItems) : this.empty();
    for (let key = next(); key; key = next()) {
      if (isMerge(key)) {
        this.merge(entries, valueOf(key));
        continue;
      }
      const name = this.nameOf(key);
      const earlier = places.get(name);
      if (earlier !== undefined && !this.options.lastKeyCounts) {
        this.fail('the key is repeated here', key.offset, earlier);
      }
      places.set(name, key.offset);
      this.budget.take(key.offset, name.length + 3, 0);
      const isItems = name === 'items' && this.budget.depth === 1;
      setEntry(entries, name, this.dataOf(valueOf(key, isItems)));
    }
    this.budget.leave();
    return { value: entries, offset };
  }

  private nameOf({ scalar, offset }: Node): string {
    if (!scalar) this.fail('a key cannot be a list or a map; put it in quotes', offset);
    const name = keyText(scalar.resolved);
    if (name === undefined) this.fail('a key cannot be null; put it in quotes', offset);
    return name;
  }

  private dataOf({ value, offset }: Node): unknown {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.fail('JSON has no such number; put it in quotes if it is text', offset);
    }
    return value;
  }

  /** Merged entries count as if they stood here. Of several maps the first wins. */
  private merge(entries: Entries, { value, offset, isAlias }: Node): void {
    const sources: unknown[] = Array.isArray(value) && !isAlias ? value.toReversed() : [value];
    for (const source of sources) {
      if (!isEntries(source)) this.fail('<< takes a map, or a list of maps', offset);
      addEntries(entries, source);
    }
  }
}
