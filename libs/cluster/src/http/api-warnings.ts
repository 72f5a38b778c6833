import { AsyncLocalStorage } from 'node:async_hooks';
import type { Answer } from './exchange.js';

/** One warning of a `Warning` header: `299 <agent> "<text>"`; several are joined by commas. */
const WARNING = /\b299 \S+ "((?:[^"\\]|\\.)*)"/g;

const collected = new AsyncLocalStorage<Set<string>>();

/**
 * Runs a function and collects the warnings of the API server meanwhile: deprecated fields and
 * kinds, what Pod Security would refuse, ...
 * @returns its result, and each warning once, in the order in which they came
 */
export async function collectWarnings<T>(
  work: () => Promise<T>,
): Promise<{ result: T; warnings: string[] }> {
  const warnings = new Set<string>();
  const result = await collected.run(warnings, work);
  return { result, warnings: [...warnings] };
}

/**
 * Records the warnings of an answer for `collectWarnings`. Source: KEP-1693, RFC 7234 section 5.5.
 */
export function noteWarnings({ warning }: Answer['headers']): void {
  if (warning === undefined) return;
  const warnings = collected.getStore();
  if (!warnings) return;
  for (const text of warningTexts(warning)) warnings.add(text);
}

/** Adds a warning of our own to those that the answer of a write ends with. */
export function warn(text: string): void {
  collected.getStore()?.add(text);
}

/** The texts of `Warning` headers of code 299, which is the only one that the API server sends. */
export function warningTexts(header: string | string[]): string[] {
  return Array.from([header].flat().join(', ').matchAll(WARNING), ([, text = '']) =>
    text.replace(/\\(.)/g, '$1'),
  );
}
