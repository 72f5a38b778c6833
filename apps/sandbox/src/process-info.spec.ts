import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromPs, inspectProcess } from './process-info.js';

const hasPs = existsSync('/bin/ps') || existsSync('/usr/bin/ps');

describe.each([
  ['inspectProcess', inspectProcess] as const,
  ...(hasPs ? [['fromPs', fromPs] as const] : []),
])('%s', (_, inspect) => {
  it('tells the command line and the memory of a process that runs, and nothing once it ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'a marker']);
    await once(child, 'spawn');
    const info = inspect(child.pid ?? 0);
    expect(info?.commandLine).toMatch(/node .*-e .* a marker$/);
    expect(info?.residentBytes).toBeGreaterThan(0);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(inspect(child.pid ?? 0)).toBeUndefined();
  });
});
