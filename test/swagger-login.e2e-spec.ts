import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RealProvider } from '../libs/access/src/authentication/fixtures/provider.js';
import { criticalFaultsOf } from './support/accessibility.js';
import { startServerWithIssuer, type ServerWithIssuer } from './support/server-with-issuer.js';
import { ACTION_MS, CHROMIUM, openSwaggerUi, type SwaggerPage } from './support/swagger-page.js';

describe.skipIf(!existsSync(CHROMIUM))('Swagger UI of a server with an issuer', () => {
  let issuer: RealProvider;
  let server: ServerWithIssuer;
  let address: string;
  let page: Page;
  let ui: SwaggerPage;

  beforeAll(async () => {
    server = await startServerWithIssuer((origin) => ({
      resource: origin,
      pages: `${origin}/docs/oauth2-redirect.html`,
    }));
    ({ issuer, address } = server);
    ui = await openSwaggerUi(address);
    ({ page } = ui);
  });
  afterAll(async () => {
    await ui?.close();
    await server.stop();
  });

  const runGet = async () => {
    const get = page.locator('#operations-k8s-k8s_get');
    if (!(await get.locator('button.execute').isVisible())) {
      await get.locator('.opblock-summary').click();
      await get.locator('.response-control-media-type select').first().selectOption('text/plain');
    }
    const answered = page.waitForResponse((answer) => answer.url().includes('/k8s_get/execute'));
    await get.locator('button.execute').click();
    const answer = await answered;
    return { status: answer.status(), text: await answer.text() };
  };

  it('calls nothing before a login', async () => {
    expect((await runGet()).status).toBe(401);
  });

  it('takes the token out of a link, and proves itself with it', async () => {
    const linked = await page.context().browser()!.newPage();
    linked.setDefaultTimeout(ACTION_MS);
    await linked.goto(`${address}/docs#token=from-the-link`);
    const wait = linked.locator('#operations-k8s-wait_for_x_seconds');
    await wait.locator('.opblock-summary').click();
    const asked = linked.waitForRequest(/execute/);
    await wait.getByRole('button', { name: 'Run and follow' }).click();
    expect(linked.url()).not.toContain('token');
    expect((await asked).headers()['authorization']).toBe('Bearer from-the-link');
  });

  it('logs in at the issuer with PKCE, and calls a tool with the token', async () => {
    await page.locator('button.authorize').first().click();
    const dialog = page.locator('.auth-container', { hasText: 'authorization_code' });
    await dialog.locator('input[id^="client_id"]').fill('pages');
    expect(await criticalFaultsOf(page, '.dialog-ux')).toEqual([]);
    const opened = page.waitForEvent('popup');
    await dialog.locator('button.authorize').click();
    const login = await opened;
    await login.locator('input[name="login"]').fill('alice');
    await login.locator('input[name="password"]').fill('any');
    const asked = new URL(login.url());
    expect(asked.origin).toBe(issuer.issuer);
    await login.locator('button[type="submit"]').click();
    await login.locator('button[type="submit"]', { hasText: 'Continue' }).click();
    await dialog.locator('button', { hasText: 'Logout' }).waitFor();
    const [authorization] = issuer.server.asked.filter((path) => path.startsWith('/auth?'));
    expect(Object.fromEntries(new URLSearchParams(authorization?.split('?')[1]))).toMatchObject({
      code_challenge_method: 'S256',
      resource: address,
    });
    await page.locator('.btn-done, .close-modal').first().click();
    const { status, text } = await runGet();
    expect([status, text]).toEqual([200, expect.stringMatching(/^NAME +READY +STATUS/)]);
  });

  it('follows and cancels an execution with that token', async () => {
    const wait = page.locator('#operations-k8s-wait_for_x_seconds');
    await wait.locator('.opblock-summary').click();
    await wait.locator('textarea').fill('{"seconds": 60}');
    await wait.getByRole('button', { name: 'Run and follow' }).click();
    const status = wait.getByRole('status');
    await expect.poll(() => status.innerText()).toContain('of 60');
    await wait.getByRole('button', { name: 'Cancel execution' }).click();
    await expect.poll(() => status.innerText()).toBe('cancelled');
  });

  it('is open to everybody, from / on', async () => {
    const root = (accept: string) =>
      fetch(`${address}/`, { headers: { accept }, redirect: 'manual' });
    const { status, headers } = await root('text/html,*/*;q=0.8');
    expect([status, headers.get('location')]).toEqual([302, './docs']);
    expect((await root('application/json')).status).toBe(401);
  });

  it('may ask that issuer, and nobody else', async () => {
    const policyOf = async (path: string) =>
      (await fetch(`${address}${path}`)).headers.get('content-security-policy');
    const everywhere = await policyOf('/health');
    expect(everywhere).toContain("connect-src 'self';");
    expect(await policyOf('/docs')).toBe(
      everywhere?.replace("connect-src 'self'", `connect-src 'self' ${issuer.issuer}`),
    );
    expect(ui.errors).toEqual([]);
  });
});
