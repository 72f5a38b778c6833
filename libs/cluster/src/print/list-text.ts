import type { Steps } from '#base';
import type { KubernetesObject } from '../secrets/redact.js';
import { jsonSteps } from '../text/json.js';
import { yamlSteps } from '../text/yaml.js';

/** How objects are written into a list. */
interface ListSyntax {
  /** @param maxChars characters after which it may end unfinished, as no more of it is shown */
  document(object: KubernetesObject, maxChars: number): Steps<string>;
  item(object: KubernetesObject, maxChars: number): Steps<string>;
  separator: string;
  around(items: string): string;
}

const YAML: ListSyntax = {
  *document(object, maxChars) {
    return (yield* yamlSteps(object, maxChars)).slice(0, -1);
  },
  item: (object, maxChars) => yamlSteps([object], maxChars),
  separator: '',
  around: (items) =>
    `apiVersion: v1\nitems:${items === '' ? ' []\n' : `\n${items}`}kind: List\nmetadata:\n  resourceVersion: ""`,
};

const JSON_MARGIN = ' '.repeat(8);

const JSON_TEXT: ListSyntax = {
  *document(object, maxChars) {
    return (yield* jsonSteps(object, '', maxChars)).slice(0, -1);
  },
  *item(object, maxChars) {
    return `${JSON_MARGIN}${(yield* jsonSteps(object, JSON_MARGIN, maxChars)).slice(0, -1)}`;
  },
  separator: ',\n',
  around: (items) =>
    `{\n    "apiVersion": "v1",\n    "items": [${items === '' ? '' : `\n${items}\n    `}],\n` +
    `    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}`,
};

/** The text of a v1 List, or of its only object, as far as it fits. */
export class ListText {
  private readonly texts: string[] = [];
  private size: number;

  private readonly syntax: ListSyntax;

  constructor(
    format: 'yaml' | 'json',
    private readonly limits: { maxChars: number; maxObjectChars?: number | undefined },
    private readonly isSingle: boolean,
  ) {
    this.syntax = format === 'yaml' ? YAML : JSON_TEXT;
    this.size = this.syntax.around('').length;
  }

  get length(): number {
    return this.texts.length;
  }

  /** Adds an object unless the text is full; the first one always. Says whether it was added. */
  *add(object: KubernetesObject): Steps<boolean> {
    const { syntax, isSingle } = this;
    const { maxChars, maxObjectChars = maxChars } = this.limits;
    const most = this.length === 0 ? maxObjectChars : maxChars;
    const text = yield* isSingle ? syntax.document(object, most) : syntax.item(object, most);
    const added = text.length + syntax.separator.length;
    if (this.size + added > maxChars && this.length > 0) return false;
    this.size += added;
    this.texts.push(text);
    return true;
  }

  dropLast(count: number): void {
    for (const text of count > 0 ? this.texts.splice(-count) : []) {
      this.size -= text.length + this.syntax.separator.length;
    }
  }

  toString(): string {
    const text = this.texts.join(this.syntax.separator);
    return this.isSingle ? text : this.syntax.around(text);
  }
}
