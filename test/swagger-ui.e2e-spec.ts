import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './support/server.js';
import { CHROMIUM, openSwaggerUi, type SwaggerPage } from './support/swagger-page.js';

/** Set to a folder, this run takes the pictures of the README anew: SCREENSHOTS=docs/images. */
const PICTURES = process.env['SCREENSHOTS'];

describe.skipIf(!existsSync(CHROMIUM))('Swagger UI', () => {
  let server: RunningServer;
  let ui: SwaggerPage;
  let page: Page;
  let errors: string[];
  beforeAll(async () => {
    server = await startServer();
    ui = await openSwaggerUi(server.url);
    ({ page, errors } = ui);
  });
  afterAll(async () => {
    await ui?.close();
    await server.stop();
  });

  const picture = async (name: string) => {
    if (PICTURES) await page.screenshot({ path: join(PICTURES, name) });
  };
  const operation = (tool: string) => page.locator(`#operations-k8s-${tool}`);

  it('shows every tool', async () => {
    const { tools } = (await (await fetch(`${server.url}/engine/v1/tools`)).json()) as {
      tools: { name: string; category: string }[];
    };
    for (const { name, category } of tools) {
      expect(await page.locator(`#operations-${category}-${name}`).count(), name).toBe(1);
    }
    await page.locator('#operations-tag-k8s').scrollIntoViewIfNeeded();
    await picture('swagger-ui.png');
  });

  it('runs a tool with its example and shows its text', async () => {
    const get = operation('k8s_get');
    await get.locator('.opblock-summary').click();
    await get.locator('.response-control-media-type select').first().selectOption('text/plain');
    await get.locator('button.execute').click();
    const answer = get.locator('.live-responses-table .response').first();
    await answer.waitFor();
    expect(await answer.locator('.response-col_status').innerText()).toContain('200');
    expect(await answer.innerText()).toMatch(/\nNAME +READY +STATUS/);
    await get
      .locator('.execute-wrapper, .btn-group')
      .first()
      .evaluate((element) => element.scrollIntoView());
    await picture('tool-call.png');
  });

  it('shows what is wrong with bad input', async () => {
    const wait = operation('wait_for_x_seconds');
    await wait.locator('.opblock-summary').click();
    await wait.locator('textarea').fill('{"seconds": 301}');
    await wait.locator('button.execute').click();
    const answer = wait.locator('.live-responses-table .response').first();
    await answer.waitFor();
    expect(await answer.innerText()).toContain('an integer from 0 to 300');
  });

  it('has no error of its own', () => {
    expect(errors).toEqual([]);
  });
});
