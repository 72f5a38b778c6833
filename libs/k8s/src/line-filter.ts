import type { RE2JS } from 're2js';
import { invalidField } from '#tools';

/** Which lines of a log are wanted. */
export type LineFilter = (line: string) => boolean;

/**
 * Makes a filter from regular expressions in RE2 syntax, which match in time linear to the line, whatever the caller wrote.
 * @returns undefined when every line is wanted
 * @throws ToolError `invalid_input` for a broken expression
 */
export async function lineFilter(
  grep: string | undefined,
  exclude: string | undefined,
): Promise<LineFilter | undefined> {
  if (grep === undefined && exclude === undefined) return undefined;
  // Imported only when a filter is asked for, as it costs memory.
  const { RE2JS } = await import('re2js');
  const compile = (field: string, expression: string | undefined): RE2JS | undefined => {
    try {
      return expression === undefined ? undefined : RE2JS.compile(expression);
    } catch (cause) {
      const message = `is not a regular expression in RE2 syntax: ${(cause as Error).message}`;
      throw invalidField(field, message, { cause });
    }
  };
  const wanted = compile('grep', grep);
  const unwanted = compile('exclude', exclude);
  return (line) => (wanted?.test(line) ?? true) && !(unwanted?.test(line) ?? false);
}
