import { inTurns, noSteps, Turns, type Steps } from '#base';
import { invalidField } from '#tools';
import type { Cluster } from '../cluster.js';
import { apiStatusOf } from '../http/api-error.js';
import { AnswerTooLarge } from '../http/transport-error.js';
import { fetchPage, smallerLimit, type ListQuery } from '../lists/list-pages.js';
import type { ListMeta } from '../lists/table.js';
import { emptyText } from './empty-text.js';
import { ListText } from './list-text.js';
import { PAGE_OBJECTS, showable, type ObjectList } from './object-pages.js';
import type { Outcome, PrintOptions } from './print-outcome.js';
import { shapeOf } from '../reading/reading-form.js';
import { RowSource } from './row-source.js';
import { nothingFound } from './table-sections.js';

/**
 * Characters of a short row, and of a small object: what a text can hardly have room for is not
 * fetched.
 */
const ROW_CHARS = 20;
const OBJECT_CHARS = 300;

/** A piece of a list that was fetched. */
interface Piece {
  length: number;
  /** Objects beyond the limit, from an API server that makes no pages. */
  beyond: number;
  metadata: ListMeta | undefined;
  /** Adds its objects to the text if all of them fit, and says how many do. */
  add: () => Steps<number>;
}

/** A text that is made of pieces of a list. */
interface PagedText {
  /** Most objects of a piece. */
  most: number;
  shown: () => number;
  fetch: (limit: number, token: string | undefined) => Promise<Piece>;
  toText: () => Steps<string>;
}

/**
 * Prints a page of a list: at most `limit` objects from where `token` leads. It ends at an object
 * for which the API server gives a token, so that nothing is left out between two pages.
 * @throws ToolError `invalid_input` for a token that is not one, or has lapsed
 */
export async function printPage(
  cluster: Cluster,
  query: ListQuery,
  options: PrintOptions,
): Promise<Outcome> {
  const { format, limit = Infinity } = options;
  const isObjects = format === 'yaml' || format === 'json';
  const text = isObjects ? objectText(cluster, query, options) : rowText(cluster, query, options);
  const turns = new Turns();
  let { token } = options;
  let { most } = text;
  let remaining: number | undefined = 0;
  let isLast = false;
  while (text.shown() < limit) {
    const asked = Math.min(most, limit - text.shown());
    let piece: Piece;
    try {
      piece = await text.fetch(asked, token);
    } catch (error) {
      if (!(error instanceof AnswerTooLarge) || asked === 1) throw tokenFault(error, token);
      most = smallerLimit(asked);
      continue;
    }
    await turns.pass();
    const fitting = await inTurns(piece.add(), turns);
    if (fitting < piece.length) {
      if (fitting === 0 && text.shown() > 0) break;
      // The API server gives a token for a whole piece only: a shorter one is asked for.
      most = Math.max(1, fitting);
      isLast = true;
      continue;
    }
    token = piece.metadata?.continue || undefined;
    remaining = token === undefined ? piece.beyond : piece.metadata?.remainingItemCount;
    if (token === undefined || isLast) break;
  }
  const shown = text.shown();
  const isEmpty = shown === 0 && !isObjects;
  // The API server may give a token for what no selector matches.
  const nothing = options.token === undefined ? nothingFound([query]) : 'There are no more.';
  return {
    text: isEmpty ? nothing : await inTurns(text.toText(), turns),
    shown,
    truncated: remaining !== 0,
    remaining,
    next: token,
    errors: [],
  };
}

function rowText(cluster: Cluster, query: ListQuery, options: PrintOptions): PagedText {
  const { maxChars, signal } = options;
  const { resource, namespace } = query;
  const source = new RowSource(cluster, resource, options);
  const rows = emptyText(resource, [query], options);
  return {
    most: Math.min(source.pageRows(query), Math.ceil(maxChars / ROW_CHARS)),
    shown: () => rows.rows,
    fetch: async (limit, token) => {
      const { table: whole, metadata } = await source.page(query, limit, token, signal);
      const table = { ...whole, rows: whole.rows.slice(0, limit) };
      const { length } = table.rows;
      const add = function* (): Steps<number> {
        const before = rows.size;
        yield* rows.add(table, namespace);
        const { size } = rows;
        if (size <= maxChars || rows.rows === 1) return length;
        rows.dropLast(length);
        const share = Math.max(0, (maxChars - before) / (size - before));
        return Math.min(length - 1, Math.floor(length * share));
      };
      return { length, beyond: whole.rows.length - length, metadata, add };
    },
    *toText() {
      return (yield* rows.toLines(undefined, Infinity)).join('\n');
    },
  };
}

function objectText(cluster: Cluster, query: ListQuery, options: PrintOptions): PagedText {
  const { format, maxChars, maxObjectChars, signal } = options;
  const limits = { maxChars, maxObjectChars };
  const list = new ListText(format === 'yaml' ? 'yaml' : 'json', limits, false);
  return {
    most: Math.min(PAGE_OBJECTS, Math.ceil(maxChars / OBJECT_CHARS)),
    shown: () => list.length,
    fetch: async (limit, token) => {
      const { items, metadata } = await fetchPage<ObjectList>(cluster, query, {
        limit,
        token,
        signal,
      });
      const shape = await shapeOf(format, cluster, query.resource, signal);
      const objects = showable((items ?? []).slice(0, limit), query.resource).map(shape);
      const beyond = (items ?? []).length - objects.length;
      const add = function* (): Steps<number> {
        for (const [taken, object] of objects.entries()) {
          if (yield* list.add(object)) {
            yield;
            continue;
          }
          list.dropLast(taken);
          return taken;
        }
        return objects.length;
      };
      return { length: objects.length, beyond, metadata, add };
    },
    toText: () => noSteps(list.toString()),
  };
}

/** What a list that should go on has failed with: a token does not live long. */
function tokenFault(error: unknown, token: string | undefined): unknown {
  const status = token === undefined ? undefined : apiStatusOf(error);
  if (status?.code === 410) {
    const lapsed = 'has lapsed: the API server keeps a list for some minutes only';
    return invalidField('cursor', `${lapsed}. Begin again without it`, { cause: error });
  }
  if (status?.code === 400 && status.message?.includes('continue')) {
    const unknown = 'is not one that the API server has given';
    return invalidField('cursor', `${unknown}. Begin again without it`, { cause: error });
  }
  return error;
}
