import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Programs } from '#cli';
import { EntryFields } from './entry-fields.js';
import { PluginCredentials } from './plugin-credentials.js';

const programs = new Programs({ maxPrograms: 1 });

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plugin-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const WHO = 'Context "lab", user "lab": the credential plugin (exec)';
const LOG = 'The log of the server has its output.';

/** A user whose plugin is a line of shell, run in a folder of the test's own. */
function credentialsBy(script: string, limitMs?: number): PluginCredentials {
  const entry = (fields: Record<string, unknown>) => ({
    name: 'lab',
    file: join(folder, 'config'),
    fields,
  });
  const cluster = new EntryFields('cluster', entry({ server: 'https://api.test' }));
  const exec = { command: 'sh', args: ['-c', `cd ${folder}; ${script}`] };
  const user = new EntryFields('user', entry({ exec }));
  return new PluginCredentials(programs, 'lab', cluster, user, limitMs);
}

function giving(status: object): string {
  return `echo '${JSON.stringify({ kind: 'ExecCredential', status })}'`;
}

/** Those of the processes that run; what has ended and nobody has waited for does not. */
function running(pids: string[]): string[] {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', pids.join()], { encoding: 'utf8' });
  return stdout.split('\n').filter((state) => state !== '' && !state.startsWith('Z'));
}

describe(PluginCredentials.name, () => {
  it('gives up a plugin that hangs, ends all that it has started, and asks anew', async () => {
    const hang = 'touch asked; sleep 60 & echo $! > pids; echo $$ >> pids; wait';
    const credentials = credentialsBy(
      `if [ -e asked ]; then ${giving({ token: 'second' })}; else ${hang}; fi`,
      500,
    );
    const waiting = [credentials.credentials(), credentials.credentials()];
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({
        reason: {
          code: 'unavailable',
          message: `${WHO} did not answer within 0.5 seconds. ${LOG}`,
        },
      });
    }
    const pids = readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n');
    expect(pids).toHaveLength(2);
    await vi.waitFor(() => expect(running(pids)).toEqual([]));
    expect(await credentials.credentials()).toMatchObject({ authorization: 'Bearer second' });
  });

  it('takes a client certificate', async () => {
    const status = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
    expect(await credentialsBy(giving(status)).credentials()).toEqual({
      authorization: undefined,
      cert: 'CERT',
      key: 'KEY',
    });
  });

  it('keeps what does not expire until it is refused', async () => {
    const credentials = credentialsBy(`echo >> runs; ${giving({ token: 'a' })}`);
    const runs = () => readFileSync(join(folder, 'runs'), 'utf8').length;
    vi.spyOn(performance, 'now').mockReturnValueOnce(0);
    await credentials.credentials();
    vi.spyOn(performance, 'now').mockReturnValue(Number.MAX_SAFE_INTEGER);
    await credentials.credentials();
    expect(runs()).toBe(1);
    credentials.expire();
    await credentials.credentials();
    expect(runs()).toBe(2);
    vi.restoreAllMocks();
  });

  it('asks anew for what has expired', async () => {
    const status = { token: 'a', expirationTimestamp: new Date(0).toISOString() };
    const credentials = credentialsBy(`echo >> runs; ${giving(status)}`);
    await credentials.credentials();
    expect(credentials.isAnswered).toBe(false);
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 2_000);
    await credentials.credentials();
    vi.restoreAllMocks();
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toHaveLength(2);
  });

  it('gives the plugin an end of input at once', async () => {
    const credentials = credentialsBy(`cat > input; ${giving({ token: 'a' })}`);
    await credentials.credentials();
    expect(existsSync(join(folder, 'input'))).toBe(true);
  });

  it.each([
    ['echo secret-text', 'printed no ExecCredential with a status'],
    ['echo secret-text >&2; exit 3', 'ended with exit code 3'],
    ['kill -9 $$', 'was ended by a signal'],
    ['yes secret-text', 'printed more than 1000000 characters'],
  ])('says what is wrong with %j, and nothing of what was printed', async (script, message) => {
    await expect(credentialsBy(script).credentials()).rejects.toMatchObject({
      code: 'unavailable',
      message: `${WHO} ${message}. ${LOG}`,
    });
  });
});
