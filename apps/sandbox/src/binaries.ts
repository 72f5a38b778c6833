import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildModules } from './build.js';
import { tryLock, whileLocked } from './lock.js';
import { expectedFiles, goModules } from './modules.js';
import { assetsDir, cacheDir } from './paths.js';
import type { Reporter } from './reporter.js';

/**
 * The folder of the programs and manifests that a sandbox runs on: the one that `SANDBOX_BIN_DIR`
 * names, or else the per-user cache, which is filled first when it has to be (minutes, needs Go).
 * @throws Error that says what to install or what is missing.
 */
export async function ensureBinaries(report: Reporter, signal?: AbortSignal): Promise<string> {
  const given = process.env['SANDBOX_BIN_DIR'];
  if (given) {
    const missing = missingFiles(given);
    if (missing.length === 0) return given;
    throw new Error(`SANDBOX_BIN_DIR (${given}) does not hold ${missing.join(', ')}.`);
  }
  const target = cacheDir(cacheKey());
  if (missingFiles(target).length === 0) return target;
  await whileLocked(await waitForLock(`${target}.lock`, report, signal), async () => {
    if (missingFiles(target).length > 0) await buildModules(target, report, signal);
  });
  return target;
}

function missingFiles(folder: string): string[] {
  return expectedFiles().filter((file) => !existsSync(join(folder, file)));
}

/** Changes with the Go modules, their own sources and the way they are built. */
function cacheKey(): string {
  const hash = createHash('sha256').update(JSON.stringify(goModules)).update(process.arch);
  const go = assetsDir('go');
  for (const file of globSync('**/{go.mod,go.sum,*.go}', { cwd: go }).sort()) {
    hash.update(file).update(readFileSync(join(go, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function waitForLock(
  file: string,
  report: Reporter,
  signal?: AbortSignal,
): Promise<Disposable> {
  let lock = tryLock(file);
  if (lock === undefined) report.line('Another process is building the sandbox; waiting for it.');
  while (lock === undefined) {
    await sleep(500, undefined, { signal });
    lock = tryLock(file);
  }
  return lock;
}
