import { readFileSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '#client';
import { startServer, type RunningServer } from './support/server.js';

/** Requests a second that the server takes of one caller. */
const MAX = 2;

let folder: string;
let server: RunningServer;
let token: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'client-'));
  server = await startServer({
    AUTH: '',
    XDG_STATE_HOME: folder,
    MAX_REQUESTS_PER_SECOND: String(MAX),
    SHUTDOWN_GRACE_SECONDS: '1',
  });
  token = readFileSync(join(folder, 'skyflo-mcp', 'loopback-token'), 'utf8').trim();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

describe('a client', () => {
  it('with a wrong token is told so, and does not try again', async () => {
    const client = createClient({ baseUrl: server.url, token: 'wrong' });
    const refused = { status: 401, code: 'unauthenticated', retryable: false };
    await expect(client.tools()).rejects.toMatchObject(refused);
    await expect(client.start('wait_for_x_seconds', { seconds: 0 })).rejects.toMatchObject(refused);
  });

  it('asks for its token before each request', async () => {
    const tokens = [token, 'wrong'];
    const client = createClient({ baseUrl: server.url, token: async () => tokens.shift() ?? '' });
    expect((await client.call('wait_for_x_seconds', { seconds: 0 })).result).toContain('Waited');
    await expect(client.tools()).rejects.toMatchObject({ status: 401 });
  });

  it('that asks too often comes back when it is told to', async () => {
    const client = createClient({ baseUrl: server.url, token });
    const bold = createClient({ baseUrl: server.url, token, retries: 0 });
    const many = Array.from({ length: 20 }, () => bold.tools({ category: 'helm' }));
    const outcomes = await Promise.allSettled(many);
    const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons[0]).toMatchObject({ status: 429, code: 'busy', retryable: true });
    expect((reasons[0] as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(0);
    expect((await client.call('wait_for_x_seconds', { seconds: 0 })).result).toContain('Waited');
  });
});
