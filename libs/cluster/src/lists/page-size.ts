import { compactJson } from '../text/compact-json.js';

/**
 * Bytes of JSON that a page should have. For each page an API server takes time by the number of
 * objects in the whole list, so that short pages of a long list cost the square of it.
 */
const WANTED_BYTES = 1024 * 1024;

/** More items in a page gain nothing for who reads all of a list. */
const MAX_ITEMS = 2_500;

/** Items of a page that are looked at. */
const SAMPLES = 5;

/** One of them is looked at as far as this many times the size of which a page is full. */
const LARGEST_SAMPLE = 8;

/**
 * How many items the next page of a list should have.
 * @param limit most items of the page before
 * @param items those of the page before
 * @param most items of a page, for who may stop before the end
 * @returns at least `limit`
 */
export function nextLimit(limit: number, items: readonly unknown[], most = MAX_ITEMS): number {
  if (limit >= most || items.length === 0) return limit;
  const step = Math.ceil(items.length / SAMPLES);
  const samples = items.filter((_, index) => index % step === 0);
  const maxChars = (LARGEST_SAMPLE * WANTED_BYTES) / limit;
  const bytes = samples.reduce<number>((sum, item) => sum + compactJson(item, maxChars).length, 0);
  const wanted = Math.floor((WANTED_BYTES * samples.length) / bytes);
  return Math.max(limit, Math.min(wanted, most));
}
