import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './support/server.js';
import { CHROMIUM } from './support/swagger-page.js';

/** What a page does with the client that was built. It runs in the browser. */
const PROGRAM = `async (baseUrl) => {
  const { createClient } = await import('/client.js');
  const client = createClient({ baseUrl });
  const { result } = await client.call('k8s_get', { resource_type: 'namespaces' });
  const types = new Set();
  for await (const { type } of client.stream('wait_for_x_seconds', { seconds: 1 })) types.add(type);
  const run = await client.start('wait_for_x_seconds', { seconds: 60 });
  const { status } = await run.cancel();
  const write = { name: 'nobody', namespace: 'shop' };
  const { code } = await client.call('k8s_rollout_restart', write).catch((error) => error);
  return { result, types: [...types], status, code };
}`;

describe.skipIf(!existsSync(CHROMIUM))('the client in a page of another origin', () => {
  let pages: Server;
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    pages = createServer(({ url }, response) => {
      const isClient = url === '/client.js';
      response
        .setHeader('content-type', isClient ? 'text/javascript' : 'text/html')
        .end(isClient ? readFileSync('dist/client/index.js') : '<!doctype html>');
    }).listen(0, '127.0.0.1');
    await once(pages, 'listening');
    server = await startServer({ ALLOWED_ORIGINS: originOf(pages) });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    pages.close();
  });

  it('calls, streams, cancels and is refused', async () => {
    const page = await browser.newPage();
    await page.goto(originOf(pages));
    expect(await page.evaluate(`(${PROGRAM})(${JSON.stringify(server.url)})`)).toEqual({
      result: expect.stringContaining('kube-system') as string,
      types: ['progress', 'result'],
      status: 'cancelled',
      code: 'not_found',
    });
  });
});

function originOf(pages: Server): string {
  return `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
}
