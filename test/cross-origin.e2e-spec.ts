import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asModern, initialize } from './support/mcp-session.js';
import { startServer, type RunningServer } from './support/server.js';
import { CHROMIUM } from './support/swagger-page.js';

const PORTAL = 'https://portal.example.com';
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

let pages: Server;
let origin: string;
let server: RunningServer;
beforeAll(async () => {
  pages = createServer((_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Portal</title>'),
  );
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  // An origin whose host is an address, and another one by its name, which is not allowed.
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  server = await startServer({ ALLOWED_ORIGINS: `${PORTAL}, ${origin}` });
});
afterAll(async () => {
  await server.stop();
  pages.close();
});

const preflight = (from: string, path = '/mcp') =>
  fetch(server.url + path, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,mcp-protocol-version',
    },
  });

describe('an allowed origin', () => {
  it.each(['/mcp', '/sse', '/messages', '/engine/v1/tools/k8s/k8s_get/execute'])(
    'may ask before it calls: %s',
    async (path) => {
      const { status, headers } = await preflight(PORTAL, path);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(PORTAL);
      expect(headers.get('access-control-allow-methods')).toBe('DELETE, GET, POST');
      expect(headers.get('access-control-allow-headers')).toMatch(/Mcp-Session-Id/);
      expect(headers.get('access-control-allow-headers')).not.toMatch(/Forwarded|\*/i);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('vary')).toBe('Origin');
    },
  );

  it('reads answers of every door, and their failures', async () => {
    for (const [path, expected] of [
      ['/engine/v1/tools', 200],
      ['/mcp', 405],
      ['/nope', 404],
    ] as const) {
      const { status, headers } = await fetch(server.url + path, { headers: { origin } });
      expect([path, status]).toEqual([path, expected]);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-expose-headers')).toMatch(/Mcp-Session-Id.*WWW-Auth/);
      expect(headers.get('vary')).toBe('Origin');
    }
  });
});

describe('another origin', () => {
  it.each([
    'https://evil.example',
    'null',
    'http://10.0.0.5',
    'http://127.0.0.1',
    'http://portal.example.com',
    `${PORTAL}.evil.example`,
  ])('is allowed nothing: %s', async (from) => {
    const answers = [
      await preflight(from),
      await fetch(`${server.url}/engine/v1/tools`, { headers: { origin: from } }),
    ];
    for (const { status, headers } of answers) {
      expect(status).toBe(403);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('a server without ALLOWED_ORIGINS', () => {
  it('has no such headers, and takes no preflight', async () => {
    const plain = await startServer();
    try {
      const own = await fetch(`${plain.url}/engine/v1/tools`, { headers: { origin: plain.url } });
      expect([own.status, own.headers.get('vary')]).toEqual([200, null]);
      expect(own.headers.get('access-control-allow-origin')).toBeNull();
      const asked = await fetch(`${plain.url}/mcp`, {
        method: 'OPTIONS',
        headers: { origin: PORTAL, 'access-control-request-method': 'POST' },
      });
      expect(asked.status).toBe(403);
    } finally {
      await plain.stop();
    }
  });
});

describe.skipIf(!existsSync(CHROMIUM))('a page in a browser', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  /** Posts to `/mcp` from the page. Gives what its script sees. */
  const post = (message: unknown, headers: Record<string, string>) =>
    page.evaluate(
      async ([url, body, more]) => {
        const response = await fetch(url, {
          method: 'POST',
          body,
          headers: {
            accept: 'application/json, text/event-stream',
            'content-type': 'application/json',
            ...more,
          },
        });
        const session = response.headers.get('mcp-session-id');
        return { status: response.status, session, text: await response.text() };
      },
      [`${server.url}/mcp`, JSON.stringify(message), headers] as const,
    );

  it('of an allowed origin lists the tools, with a session and without', async () => {
    await page.goto(origin);
    const opened = await post(initialize('2025-11-25'), {});
    expect(opened).toMatchObject({ status: 200, session: expect.stringMatching(/./) as string });
    const listed = await post(LIST, {
      'mcp-session-id': opened.session!,
      'mcp-protocol-version': '2025-11-25',
    });
    expect(listed.text).toContain('k8s_get');
    const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
    expect((await post(asModern(LIST), modern)).text).toContain('k8s_get');
  });

  it('of another origin sees nothing', async () => {
    await page.goto(origin.replace('127.0.0.1', 'localhost'));
    await expect(post(initialize(), {})).rejects.toThrow('Failed to fetch');
  });
});
