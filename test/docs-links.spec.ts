import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGES = globSync(['*.md', 'docs/**/*.md', 'apps/*/README.md', 'libs/*/README.md']);

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Why a link of a page leads nowhere; undefined for one that does. */
function faultOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  const isThere = existsSync(target) && (!anchor || anchorsOf(target).includes(anchor));
  return isThere ? undefined : `${page}: ${link}`;
}

describe('the links of the documents', () => {
  const links = PAGES.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => ({ page, link }))
      .filter(({ link }) => !/^\w+:/.test(link)),
  );

  it('lead to files and headings that are there', () => {
    expect(links.length).toBeGreaterThan(30);
    expect(links.map(({ page, link }) => faultOf(page, link)).filter(Boolean)).toEqual([]);
  });
});
