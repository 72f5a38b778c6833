import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentReporter } from '#sandbox';
import { downloadReleases } from '../apps/sandbox/src/programs/download/download.js';
import type { ReleasedFile, Releases } from '../apps/sandbox/src/programs/download/releases.js';
import { freePort } from './support/free-port.js';
import { pathOf, ReleaseServer } from './support/release-server.js';
import { testSandbox } from './support/sandbox.js';

const MAIN = new URL('../dist/apps/sandbox/src/main.js', import.meta.url).pathname;

describe('the programs of the sandbox, downloaded', () => {
  // After the folder of what only tests compare with.
  const programs = testSandbox().env['PATH']!.split(delimiter)[1]!;
  let folder: string;
  let server: ReleaseServer;

  const target = () => join(folder, 'cache', 'programs');
  const download = (releases: Releases, mirror = server.url) =>
    downloadReleases(releases, target(), { report: silentReporter, mirror });
  const kubectl = () => server.releases.programs['kubectl'] as ReleasedFile;
  const onlyKubectl = (): Releases => ({ programs: { kubectl: kubectl() }, manifests: {} });
  const builtKubectl = () => readFile(join(programs, 'kubectl'));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skyflo-releases-'));
    server = await ReleaseServer.start(programs, folder);
  }, 240_000);

  afterEach(async () => {
    server.breaksOff = undefined;
    server.asked.length = 0;
    await rm(dirname(target()), { recursive: true, force: true });
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('are those that are built, out of files, archives and images', async () => {
    await download(server.releases);
    const { programs: named, manifests } = server.releases;
    const files = [
      ...Object.keys(named),
      ...Object.keys(manifests).map((name) => `manifests/${name}.yaml`),
    ];
    for (const file of files) {
      const [got, built] = await Promise.all(
        [target(), programs].map((from) => readFile(join(from, file))),
      );
      // Rendered once more, without the empty line at the end.
      if (file.endsWith('.yaml')) expect(got!.toString().trim()).toBe(built!.toString().trim());
      else expect(got!.equals(built!), file).toBe(true);
    }
    const { stdout } = await execa(join(target(), 'kubectl'), ['version', '--client']);
    expect(stdout).toContain('v1.34');
    expect(existsSync(`${target()}.unfinished`)).toBe(false);
    expect(existsSync(`${target()}.downloads`)).toBe(false);
  }, 240_000);

  it('go on where a connection broke off', async () => {
    const path = pathOf(kubectl().url);
    server.breaksOff = { path, after: 20_000_000 };
    await download(onlyKubectl());
    expect((await readFile(join(target(), 'kubectl'))).equals(await builtKubectl())).toBe(true);
    const [first, second] = server.asked;
    expect(first).toBe(path);
    expect(second).toMatch(/kubectl bytes=[1-9]\d+-$/);
  });

  it('go on at the next start where one has failed', async () => {
    const path = pathOf(kubectl().url);
    await mkdir(`${target()}.downloads`, { recursive: true });
    const half = (await builtKubectl()).subarray(0, 30_000_000);
    await writeFile(join(`${target()}.downloads`, 'kubectl.part'), half);
    server.breaksOff = { path, after: 0 };
    await expect(download(onlyKubectl())).rejects.toThrow(
      /kubectl broke off after 30000000 bytes, 5 times/,
    );
    expect(existsSync(target())).toBe(false);
    server.breaksOff = undefined;
    await download(onlyKubectl());
    expect(server.asked.at(-1)).toBe(`${path} bytes=30000000-`);
    expect((await readFile(join(target(), 'kubectl'))).equals(await builtKubectl())).toBe(true);
  });

  it('are refused with another checksum, and named', async () => {
    const other = { ...kubectl(), sha256: '0'.repeat(64) };
    await expect(download({ programs: { kubectl: other }, manifests: {} })).rejects.toThrow(
      /kubectl has the sha256 [0-9a-f]{64}, not 0{64}\. It was removed\.$/,
    );
    expect(existsSync(target())).toBe(false);
    expect(existsSync(join(`${target()}.downloads`, 'kubectl'))).toBe(false);
  });

  it('end at once without a network', async () => {
    const startedAt = performance.now();
    const nobody = `http://127.0.0.1:${await freePort()}`;
    await expect(download(server.releases, nobody)).rejects.toThrow(
      /^127\.0\.0\.1:\d+ cannot be reached/,
    );
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

describe('a sandbox that has to be made', () => {
  let cache: string;

  const up = async (env: Record<string, string>) => {
    const { stderr, exitCode } = await execa(process.execPath, [MAIN, 'up', '--name', 'unmade'], {
      env: { PATH: '/nonexistent', XDG_CACHE_HOME: cache, XDG_STATE_HOME: cache, ...env },
      extendEnv: false,
      reject: false,
    });
    return { exitCode, lines: stderr.split('\n') };
  };

  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'skyflo-unmade-'));
  });

  afterAll(async () => {
    await rm(cache, { recursive: true });
  });

  it('says without Go and without a network what is missing', async () => {
    const { exitCode, lines } = await up({
      SANDBOX_MIRROR: `http://127.0.0.1:${await freePort()}`,
    });
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toMatch(/not downloaded: .* cannot be reached .*needs Go.*go\.dev/);
  });

  it('is not built where a download is asked for', async () => {
    const { exitCode, lines } = await up({
      SANDBOX_MIRROR: `http://127.0.0.1:${await freePort()}`,
      SANDBOX_SOURCE: 'download',
    });
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toMatch(/not downloaded: 127.* cannot be reached \([^)]+\)\.$/);
  });

  it('does not try a download where a build is asked for', async () => {
    const { lines } = await up({ SANDBOX_SOURCE: 'build' });
    expect(lines).toEqual([expect.stringContaining('needs Go')]);
  });

  it('refuses another word', async () => {
    const { exitCode, lines } = await up({ SANDBOX_SOURCE: 'buy' });
    expect(exitCode).toBe(2);
    expect(lines).toEqual(['SANDBOX_SOURCE is "buy": set it to download or build, or not.']);
  });
});
