import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLIENTS } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { OPEN_ACCESS, SERVER_BIN } from './support/server-process.js';
import { useServer } from './support/use-server.js';

const WAIT = 'wait_for_x_seconds';

/** The line of a call, which has exactly these fields. */
const CALL = {
  level: 'info',
  time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
  context: 'ToolInvoker',
  msg: 'call',
  tool: WAIT,
  executionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  outcome: 'success',
  durationMs: expect.any(Number),
};

const server = useServer();

describe('the log', () => {
  it('has a flat line for each call, and none for a request', async () => {
    for (const path of ['/health', '/engine/v1/tools', '/nowhere']) await fetch(server.url + path);
    const idOf = async (seconds: number) =>
      ((await server.call(WAIT, { seconds })).body as { execution_id?: string }).execution_id;
    const [executionId, refusedId] = [await idOf(0), await idOf(-1)];
    const refused = { ...CALL, executionId: refusedId, outcome: 'invalid_input' };
    await expect
      .poll(() => server.log.filter(({ context }) => context !== 'Server'))
      .toEqual([{ ...CALL, executionId }, refused]);
  });

  it('goes to stderr over stdio too', async () => {
    const client = await CLIENTS['2025 over stdio']!({ url: '' } as never);
    await client.call(WAIT, { seconds: 0 });
    const { _meta } = await client.call(WAIT, { seconds: -1 });
    const executionId = _meta?.['skyflo/execution_id'];
    const refused = { ...CALL, executionId, outcome: 'invalid_input' };
    await expect.poll(() => client.log).toEqual([CALL, refused]);
    await client.close();
  });

  it('names what stopped a start', async () => {
    const child = spawn(SERVER_BIN, [], {
      env: { ...process.env, ...testSandbox().env, PORT: 'eighty' },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stdout).toBe('');
    const lines = stderr.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown).at(-1)).toEqual({
      level: 'fatal',
      time: CALL.time,
      context: 'Server',
      msg: expect.stringContaining('PORT'),
    });
  });

  it('is whole when the process ends by an error that nobody catches', async () => {
    const logger = new URL('../dist/apps/server/src/logging/server.logger.js', import.meta.url);
    const script = `
      import { ServerLogger } from '${logger.href}';
      new ServerLogger().log({ msg: 'call', tool: 'k8s_get' }, 'ToolInvoker');
      throw new Error('crash');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const stderr = await text(child.stderr);
    expect(stderr).toContain('"msg":"call","tool":"k8s_get"}\n');
    expect(stderr).toContain('Error: crash');
  });

  it('holds up neither calls nor the end when nobody reads it', async () => {
    const child = spawn(SERVER_BIN, [], {
      env: {
        ...process.env,
        ...testSandbox().env,
        ...OPEN_ACCESS,
        PORT: '0',
        EXECUTIONS_FILE: ':memory:',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    const url = await new Promise<string>((resolve) =>
      child.stderr.on('data', (chunk) => {
        const [, address] = /Listening on (\S+)/.exec((said += String(chunk))) ?? [];
        if (address) resolve(address);
      }),
    );
    child.stderr.pause();
    // More than fits into the pipe and the buffers of this process.
    let calls = 2_500;
    const work = async () => {
      while (calls-- > 0) {
        expect((await execute(url, WAIT, { seconds: 0 })).status).toBe(200);
      }
    };
    await Promise.all(Array.from({ length: 16 }, work));
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
