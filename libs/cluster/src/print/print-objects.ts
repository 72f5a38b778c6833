import { inOrder, inTurns, Turns, type Steps } from '#base';
import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import { jsonSteps } from '../text/json.js';
import { fetchPages, type ListQuery } from '../lists/list-pages.js';
import { notFound, reportable, type Outcome, type PrintOptions } from './print-outcome.js';
import { redactSecrets, stripManagedFields, type KubernetesObject } from '../secrets/redact.js';
import { yamlSteps } from '../text/yaml.js';

/** Objects of a page: few, as printing them takes the event loop. */
const PAGE_OBJECTS = 100;
const NAME_CONCURRENCY = 16;

interface ObjectList {
  metadata?: { continue?: string; remainingItemCount?: number };
  items: KubernetesObject[];
}

interface ObjectPage {
  objects: KubernetesObject[];
  remaining: number | undefined;
  replaces: number;
}

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

/** Prints whole objects: one name alone as the object itself, anything else as a v1 List. */
export async function printObjects(
  cluster: Cluster,
  queries: readonly ListQuery[],
  { format, maxChars, signal }: PrintOptions,
): Promise<Outcome> {
  const syntax = format === 'yaml' ? YAML : JSON_TEXT;
  const isSingle = queries.length === 1 && queries[0]?.names?.length === 1;
  const list = new ListText(syntax, maxChars, isSingle);
  const turns = new Turns();
  const errors: ToolError[] = [];
  let left: number | undefined = 0;
  for (const query of queries) {
    if (left !== 0) {
      left = undefined;
      break;
    }
    try {
      for await (const page of pagesOf(cluster, query, signal)) {
        if (page instanceof ToolError) {
          errors.push(page);
          continue;
        }
        list.dropLast(page.replaces);
        // Parsing the objects may have taken as long as printing them.
        await turns.pass();
        let taken = 0;
        while (
          taken < page.objects.length &&
          (await inTurns(list.add(page.objects[taken]!), turns))
        ) {
          taken += 1;
          await turns.pass();
        }
        if (taken < page.objects.length) {
          const untaken = page.objects.length - taken;
          left = page.remaining === undefined ? undefined : page.remaining + untaken;
          break;
        }
      }
    } catch (error) {
      errors.push(reportable(error));
    }
  }
  return {
    text: list.toString(),
    shown: list.length,
    truncated: left !== 0,
    remaining: left,
    errors,
  };
}

/** The text of a v1 List, or of its only object, as far as it fits. */
class ListText {
  private readonly texts: string[] = [];
  private size: number;

  constructor(
    private readonly syntax: ListSyntax,
    private readonly maxChars: number,
    private readonly isSingle: boolean,
  ) {
    this.size = syntax.around('').length;
  }

  get length(): number {
    return this.texts.length;
  }

  /** Adds an object unless the text is full; the first one always. Says whether it was added. */
  *add(object: KubernetesObject): Steps<boolean> {
    const { syntax, maxChars, isSingle } = this;
    const text = yield* isSingle
      ? syntax.document(object, maxChars)
      : syntax.item(object, maxChars);
    this.size += text.length + syntax.separator.length;
    if (this.size > maxChars && this.length > 0) return false;
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

async function* pagesOf(
  cluster: Cluster,
  query: ListQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectPage | ToolError, void> {
  const { resource, namespace, names } = query;
  const { apiVersion, kind } = resource;
  const prepare = (object: KubernetesObject) =>
    redactSecrets(stripManagedFields({ apiVersion, kind, ...object }));
  if (!names) {
    for await (const { list, ...page } of fetchPages<ObjectList>(cluster, query, {
      limit: PAGE_OBJECTS,
      signal,
    })) {
      yield { objects: list.items.map(prepare), ...page };
    }
    return;
  }
  yield* inOrder(names, NAME_CONCURRENCY, signal, async (name, stop) => {
    const path = resource.path(namespace, name);
    try {
      const object = await cluster.request<KubernetesObject>(path, { signal: stop });
      return { objects: [prepare(object)], remaining: 0, replaces: 0 };
    } catch (error) {
      return notFound(error);
    }
  });
}
