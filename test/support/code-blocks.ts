import { readFileSync } from 'node:fs';

/** The blocks of code in a language that a page has, in their order. */
export function codeBlocks(page: string, language: string): string[] {
  const block = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm');
  return [...readFileSync(page, 'utf8').matchAll(block)].map(([, text = '']) => text);
}
