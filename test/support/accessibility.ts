import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** That of contrast takes most of the time, and is never critical. */
const OPTIONS = { resultTypes: ['violations'], rules: { 'color-contrast': { enabled: false } } };

/**
 * The critical faults of a page as it is now: each rule of axe with the elements that break it.
 * @param part a selector of the part to look at
 */
export async function criticalFaultsOf(page: Page, part = 'html'): Promise<string[]> {
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const call = `axe.run(${JSON.stringify(part)}, ${JSON.stringify(OPTIONS)})`;
  const { violations } = (await page.evaluate(call)) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
