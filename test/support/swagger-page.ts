import { chromium, type Page } from 'playwright-core';

export const CHROMIUM = '/usr/bin/chromium';

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
