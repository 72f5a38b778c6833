import { inTurns, Turns } from '#base';
import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import type { ListQuery } from '../lists/list-pages.js';
import { shapeOf } from '../reading/reading-form.js';
import { ListText } from './list-text.js';
import { objectPages, PAGE_OBJECTS } from './object-pages.js';
import { reportable, type Outcome, type PrintOptions } from './print-outcome.js';

/** Prints whole objects: one name alone as the object itself, anything else as a v1 List. */
export async function printObjects(
  cluster: Cluster,
  queries: readonly ListQuery[],
  { format, maxChars, maxObjectChars, signal }: PrintOptions,
): Promise<Outcome> {
  const isSingle = queries.length === 1 && queries[0]?.names?.length === 1;
  const list = new ListText(
    format === 'yaml' ? 'yaml' : 'json',
    { maxChars, maxObjectChars },
    isSingle,
  );
  const pages = { limit: PAGE_OBJECTS, most: PAGE_OBJECTS, signal };
  const turns = new Turns();
  const errors: ToolError[] = [];
  let left: number | undefined = 0;
  for (const query of queries) {
    if (left !== 0) {
      left = undefined;
      break;
    }
    try {
      const shape = await shapeOf(format, cluster, query.resource, signal);
      for await (const page of objectPages(cluster, query, pages)) {
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
          (await inTurns(list.add(shape(page.objects[taken]!)), turns))
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
