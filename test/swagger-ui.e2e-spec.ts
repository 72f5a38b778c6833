import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './support/server.js';
import { criticalFaultsOf } from './support/accessibility.js';
import { CHROMIUM, openSwaggerUi, statusesOf, type SwaggerPage } from './support/swagger-page.js';

/** Set to a folder, this run takes the pictures of the documents anew: SCREENSHOTS=docs/images. */
const PICTURES = process.env['SCREENSHOTS'];

interface Responses {
  [status: string]: { content?: Record<string, unknown> };
}

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

  const picture = async (name: string, from: Locator) => {
    await from.evaluate((element) => element.scrollIntoView());
    if (PICTURES) await page.screenshot({ path: join(PICTURES, name) });
  };
  const operation = (tool: string) => page.locator(`#operations-k8s-${tool}`);
  const open = async (tool: string, args?: object) => {
    const opened = operation(tool);
    await opened.locator('.opblock-summary').click();
    if (args) await opened.locator('textarea').fill(JSON.stringify(args));
    return opened;
  };
  const answerIn = (opened: Locator) => opened.locator('.live-responses-table .response').first();
  const buttonIn = (opened: Locator, name: string) =>
    opened.getByRole('button', { name, exact: true });

  it('is where / leads to', () => {
    expect(page.url()).toBe(`${server.url}/docs`);
  });

  it('shows every tool', async () => {
    const { tools } = (await (await fetch(`${server.url}/engine/v1/tools`)).json()) as {
      tools: { name: string; category: string }[];
    };
    for (const { name, category } of tools) {
      expect(await page.locator(`#operations-${category}-${name}`).count(), name).toBe(1);
    }
    await picture('swagger-ui.png', page.locator('#operations-tag-k8s'));
  });

  it('finds a tool by its name, and by words of its title', async () => {
    const filter = page.getByRole('searchbox');
    const found = () =>
      page
        .locator('.opblock .opblock-summary-path')
        .evaluateAll((paths) =>
          paths.map((path) => path.getAttribute('data-path')?.split('/').at(-2)),
        );
    await filter.fill('k8s_top');
    await expect.poll(found).toEqual(['k8s_top_pods', 'k8s_top_nodes']);
    await filter.fill('Undo k8s');
    await expect.poll(found).toEqual(['k8s_rollout_undo']);
    await filter.fill('helm');
    await expect.poll(found).toContain('helm_repo_add');
    await filter.fill('no such tool');
    await page.getByText('No operation has "no such tool"').waitFor();
    await filter.fill('');
    await operation('k8s_get').waitFor();
  });

  it('runs a tool with its example and shows its text', async () => {
    const get = await open('k8s_get');
    await buttonIn(get, 'Execute').click();
    const answer = answerIn(get);
    await answer.waitFor();
    expect(await answer.locator('.response-col_status').innerText()).toContain('200');
    const text = await answer.getByRole('region').innerText();
    expect(text).toMatch(/^NAME +READY +STATUS.*\n/);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await buttonIn(answer, 'Copy').click();
    await buttonIn(answer, 'Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text);
    await picture('tool-call.png', buttonIn(get, 'Execute'));
  });

  it('has the JSON of an answer too', async () => {
    const get = operation('k8s_get');
    const accepts = get.locator('.response-control-media-type select').first();
    await accepts.selectOption('application/json');
    await buttonIn(get, 'Execute').click();
    const answer = answerIn(get);
    await answer.locator('summary', { hasText: 'JSON' }).click();
    expect(await answer.locator('.highlight-code').innerText()).toContain('"status": "success"');
    expect(await answer.getByRole('region').innerText()).toMatch(/^NAME +READY +STATUS.*\n/);
  });

  it('has one table of errors for each operation', async () => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: Record<string, { post: { responses: Responses } }>;
    };
    const { responses } = paths['/engine/v1/tools/k8s/k8s_get/execute']!.post;
    const statuses = Object.keys(responses).filter(
      (status) => 'application/problem+json' in (responses[status]!.content ?? {}),
    );
    const get = operation('k8s_get');
    await get.locator('summary', { hasText: 'Errors' }).click();
    const rows = await get
      .locator('.tool-errors tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    expect(statuses.length).toBeGreaterThan(10);
    expect(rows.map(([status]) => status)).toEqual(statuses);
    for (const [status, meaning, code] of rows) {
      expect([status, meaning]).toEqual([status, expect.stringMatching(/\w{3}/)]);
      expect([status, code]).toEqual([status, expect.stringMatching(/^[a-z_]+/)]);
    }
    const blocks = get.locator('.response[data-code]');
    expect(
      await blocks.evaluateAll((all) => all.map((one) => one.getAttribute('data-code'))),
    ).toEqual(Object.keys(responses).filter((status) => !statuses.includes(status)));
  });

  it('shows what is wrong with bad input', async () => {
    const wait = await open('wait_for_x_seconds', { seconds: 301 });
    await buttonIn(wait, 'Execute').click();
    const text = answerIn(wait).getByRole('region');
    await text.waitFor();
    expect(await text.innerText()).toContain('an integer from 0 to 300');
  });

  it('runs a tool and follows its progress to its end', async () => {
    const wait = operation('wait_for_x_seconds');
    await wait.locator('textarea').fill('{"seconds": 2}');
    const said = await statusesOf(wait);
    await buttonIn(wait, 'Run and follow').click();
    const status = wait.getByRole('status');
    await expect.poll(() => status.innerText()).toBe('succeeded');
    expect(await said()).toContain('in progress · 1 of 2 · 1 s left');
    expect(await wait.getByRole('region', { name: 'Output' }).innerText()).toBe(
      'Waited for 2 seconds.',
    );
  });

  it('shows the output of a running tool as it comes, and cancels it', async () => {
    const args = { pod_name: 'app=web', namespace: 'shop', num_lines: 3 };
    const logs = await open('k8s_logs', { ...args, follow: true, timeout_seconds: 60 });
    await buttonIn(logs, 'Run and follow').click();
    const execution = logs.locator('.tool-execution');
    const output = execution.getByRole('region');
    await output.waitFor();
    const { length } = await output.innerText();
    await expect.poll(async () => (await output.innerText()).length).toBeGreaterThan(length);
    await picture('execution.png', buttonIn(logs, 'Execute'));
    await buttonIn(execution, 'Cancel execution').click();
    await expect.poll(() => execution.getByRole('status').innerText()).toBe('cancelled');
    expect(await output.innerText()).toMatch(/^The execution was cancelled.*GET/s);
    const id = await execution.locator('code').innerText();
    const { status } = (await (await fetch(`${server.url}/engine/v1/executions/${id}`)).json()) as {
      status: string;
    };
    expect(status).toBe('cancelled');
  });

  it('has no critical fault of accessibility', async () => {
    expect(await criticalFaultsOf(page)).toEqual([]);
  });

  it('has no error of its own', () => {
    expect(errors).toEqual([]);
  });
});
