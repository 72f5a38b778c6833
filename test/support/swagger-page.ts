import { chromium, type Locator, type Page } from 'playwright-core';

export const CHROMIUM = '/usr/bin/chromium';

/** How long an action may wait for the page, which takes seconds of CPU to draw all operations. */
export const ACTION_MS = 100_000;

/** The one of the page, which this program does not have. */
declare const MutationObserver: new (changed: () => void) => {
  observe(target: unknown, options: Record<string, boolean>): void;
};

/** Swagger UI of a server in a real browser. */
export interface SwaggerPage {
  page: Page;
  /** What scripts failed with, and what the policy of the page has forbidden. */
  errors: string[];
  close(): Promise<void>;
}

/** Opens a server as a person does, and waits until Swagger UI shows the operations. */
export async function openSwaggerUi(url: string): Promise<SwaggerPage> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(ACTION_MS);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  // What the page's policy forbids is told here. So are failures of calls, which are none of the
  // page.
  page.on('console', (message) => {
    const isCall = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isCall) errors.push(message.text());
  });
  await page.goto(url);
  await page.locator('.opblock').first().waitFor();
  return { page, errors, close: () => browser.close() };
}

/**
 * Notes what the status line of an operation says from now on, however soon it says something else.
 * @returns reads what it has said
 */
export async function statusesOf(operation: Locator): Promise<() => Promise<string[]>> {
  const said = await operation.evaluateHandle((block) => {
    const texts: string[] = [];
    new MutationObserver(() => {
      texts.push(block.querySelector('[role="status"]')?.textContent ?? '');
    }).observe(block, { characterData: true, childList: true, subtree: true });
    return texts;
  });
  return () => said.jsonValue();
}
