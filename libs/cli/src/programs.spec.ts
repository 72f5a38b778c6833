import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ToolError } from '#tools';
import { Programs } from './programs.js';

afterEach(() => void vi.unstubAllEnvs());

const programs = new Programs({ maxPrograms: 2 });
const run = (
  args: string[],
  options: { signal?: AbortSignal; maxOutputChars?: number; needsPlace?: boolean } = {},
) =>
  programs.run('sh', args, {
    signal: new AbortController().signal,
    maxOutputChars: 1_000,
    ...options,
  });

describe(Programs.name, () => {
  it('hands over each argument whole', async () => {
    const { stdout } = await run(['-c', 'printf "%s|" "$@"', 'sh', 'a b', '$(id)', '--x']);
    expect(stdout).toBe('a b|$(id)|--x|');
  });

  it('gives exit code, stdout and stderr of a program that failed', async () => {
    const result = await run(['-c', 'echo out; echo err >&2; exit 3']);
    expect(result).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      isCut: false,
      isOverMemory: false,
    });
  });

  it('reads nothing on stdin unless given', async () => {
    expect((await run(['-c', 'cat; echo end'])).stdout).toBe('end\n');
  });

  it('ends a program that writes more than is kept, and keeps the beginning', async () => {
    const { isCut, stdout } = await run(['-c', 'yes'], { maxOutputChars: 100 });
    expect(isCut).toBe(true);
    expect(stdout).toBe('y\n'.repeat(50));
  });

  it('ends the program and what it started when the signal aborts', async () => {
    const aborted = new AbortController();
    const pidFile = `${process.env['TMPDIR'] ?? '/tmp'}/programs-spec-${process.pid}`;
    const running = run(['-c', `sleep 60 & echo $! > ${pidFile}; wait`], {
      signal: aborted.signal,
    });
    await sleep(300);
    aborted.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    // One that ended and that nobody has reaped yet is a zombie (Z).
    const { stdout } = await run([
      '-c',
      `ps -o stat= -p $(cat ${pidFile}) | grep -v Z; rm ${pidFile}`,
    ]);
    expect(stdout).toBe('');
  });

  it('ends a program that takes more memory than it may, and tells that from a failure', async () => {
    const eater = 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1));';
    const { exitCode, isOverMemory } = await programs.run('node', ['-e', eater], {
      signal: AbortSignal.timeout(15_000),
      maxOutputChars: 1_000,
      maxMemoryBytes: 200_000_000,
    });
    expect([isOverMemory, exitCode]).toEqual([true, 1]);
  });

  it('lets a program be that stays below its limit', async () => {
    const { exitCode, isOverMemory } = await programs.run(
      'node',
      ['-e', 'setTimeout(() => 0, 300)'],
      {
        signal: AbortSignal.timeout(15_000),
        maxOutputChars: 1_000,
        maxMemoryBytes: 500_000_000,
      },
    );
    expect([isOverMemory, exitCode]).toEqual([false, 0]);
  });

  describe('the environment of a program', () => {
    const SECRET = 'AWS_SECRET_ACCESS_KEY';

    /** The names of the variables that `env` prints. */
    async function names(options: object): Promise<string[]> {
      const given = { LC_ALL: 'C', LANG: 'C', TZ: 'UTC', SSL_CERT_FILE: '/ca.pem' };
      const hidden = { [SECRET]: 'a', KUBECONFIG: '/admin', KUBERNETES_SERVICE_HOST: '10.0.0.1' };
      const proxies = { HTTPS_PROXY: 'http://u:p@proxy', no_proxy: '10.0.0.0/8' };
      const helm = { HELM_KUBETOKEN: 'a', NODE_OPTIONS: '', LC_SECRET_1: 'a', MY_PATH: '/' };
      for (const [name, value] of Object.entries({ ...given, ...hidden, ...proxies, ...helm })) {
        vi.stubEnv(name, value);
      }
      const { stdout } = await programs.run('env', [], {
        signal: new AbortController().signal,
        maxOutputChars: 100_000,
        ...options,
      });
      return stdout.split('\n').flatMap((line) => line.split('=', 1));
    }

    it('is what it needs to run, and what it is given', async () => {
      const shown = await names({ env: { KUBECONFIG: '/own' } });
      const needed = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'SSL_CERT_FILE', 'KUBECONFIG'];
      expect(shown).toEqual(expect.arrayContaining(needed));
      const allowed = [...needed, 'TMPDIR', 'SSL_CERT_DIR', ''];
      expect(shown.filter((name) => !allowed.includes(name) && !name.startsWith('LC_'))).toEqual(
        [],
      );
      expect(shown).not.toContain('LC_SECRET_1');
    });

    it('is that of the server for a credential plugin', async () => {
      const shown = await names({ isTrusted: true });
      expect(shown).toEqual(expect.arrayContaining([SECRET, 'KUBECONFIG', 'HTTPS_PROXY']));
    });
  });

  it('says so when the program is not there', async () => {
    const missing = programs.run('no-such-program', [], {
      signal: new AbortController().signal,
      maxOutputChars: 10,
    });
    await expect(missing).rejects.toMatchObject({ code: 'unavailable', retryable: false });
  });

  it('starts no more than there are places for, and nothing that was cancelled before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'programs-spec-'));
    const mark = (name: string) => `touch ${folder}/${name}`;
    const [one, other] = [new AbortController(), new AbortController()];
    const blocking = [one, other].map(({ signal }, index) =>
      run(['-c', `${mark(`blocking-${index}`)}; sleep 60`], { signal }).catch(() => 'ended'),
    );
    await expect.poll(() => readdirSync(folder)).toHaveLength(2);
    const cancel = new AbortController();
    const cancelled = run(['-c', mark('cancelled')], { signal: cancel.signal });
    const waiting = run(['-c', mark('waiting')]);
    await run(['-c', mark('exempt')], { needsPlace: false });
    expect(readdirSync(folder).sort()).toEqual(['blocking-0', 'blocking-1', 'exempt']);
    cancel.abort(new ToolError('cancelled', 'Enough.'));
    await expect(cancelled).rejects.toMatchObject({
      code: 'cancelled',
      message: 'Enough. sh was not started, because too many other programs were running.',
    });
    one.abort(new Error('enough'));
    await waiting;
    other.abort(new Error('enough'));
    await Promise.all(blocking);
    expect(readdirSync(folder).sort()).toEqual(['blocking-0', 'blocking-1', 'exempt', 'waiting']);
    rmSync(folder, { recursive: true });
  });
});
