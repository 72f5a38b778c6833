import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BUILD_FLAGS,
  buildModules,
  GO_MISSING,
  hasGo,
  LINKER_FLAGS,
  type ModuleBuild,
} from './build.js';
import { DownloadFailure } from './download/download-failure.js';
import { downloadReleases } from './download/download.js';
import { type Releases, releasesFor } from './download/releases.js';
import { tryLock, whileLocked } from '../lock.js';
import { expectedFiles, type GoModule, sandboxModules, testModules } from './modules.js';
import { assetsDir, cacheDir } from '../paths.js';
import type { Reporter } from '../reporter.js';
import { programMirror, programSource } from './source.js';

/**
 * The folder of the programs and manifests that a sandbox runs on: the one that `SANDBOX_BIN_DIR`
 * names, or else the per-user cache. It is filled first when it has to be: with what the projects
 * release, or else by a build (minutes, needs Go).
 * @throws Error that says what to install or what is missing.
 */
export async function ensureBinaries(report: Reporter, signal?: AbortSignal): Promise<string> {
  const given = givenFolder(sandboxModules);
  if (given) return given;
  const source = programSource();
  if (source === 'build') return built(sandboxModules, report, signal);
  const releases = releasesFor({ os: process.platform, arch: process.arch });
  const target = cacheDir(`downloaded-${hashOf(JSON.stringify(releases ?? ''))}`);
  for (const folder of [target, ...(source ? [] : [builtFolder(sandboxModules)])]) {
    if (missingFiles(folder, sandboxModules).length === 0) return folder;
  }
  try {
    await downloaded(releases, target, report, signal);
    return target;
  } catch (error) {
    if (!(error instanceof DownloadFailure)) throw error;
    const why = `The programs of the sandbox were not downloaded: ${error.message}`;
    if (source) throw new Error(why, { cause: error });
    if (!(await hasGo(signal))) throw new Error(`${why} ${GO_MISSING}`, { cause: error });
    report.line(why);
    return await built(sandboxModules, report, signal);
  }
}

/** The programs that tests compare with, always built: helm 4 and the Argo plugin. */
export async function ensureTestPrograms(report: Reporter, signal?: AbortSignal): Promise<string> {
  return givenFolder(testModules) ?? (await built(testModules, report, signal));
}

function givenFolder(modules: readonly GoModule[]): string | undefined {
  const given = process.env['SANDBOX_BIN_DIR'];
  if (!given) return undefined;
  const missing = missingFiles(given, modules);
  if (missing.length === 0) return given;
  throw new Error(`SANDBOX_BIN_DIR (${given}) does not hold ${missing.join(', ')}.`);
}

async function downloaded(
  releases: Releases | undefined,
  target: string,
  report: Reporter,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!releases) {
    throw new DownloadFailure(
      `Kubernetes releases no API server for ${process.platform} on ${process.arch}.`,
    );
  }
  await whileLocked(await waitForLock(cacheDir('build.lock'), report, signal), async () => {
    if (missingFiles(target, sandboxModules).length === 0) return;
    report.line('Downloading the programs of the sandbox. This takes a minute or so, once.');
    await downloadReleases(releases, target, { report, signal, mirror: programMirror() });
  });
}

/** Each Go module has its own part of the cache, so that a change of one builds that one alone. */
function moduleBuilds(modules: readonly GoModule[]): ModuleBuild[] {
  return modules.map((module) => ({ module, target: cacheDir(moduleKey(module)) }));
}

function builtFolder(modules: readonly GoModule[]): string {
  return cacheDir(hashOf(...moduleBuilds(modules).map(({ target }) => target)));
}

async function built(
  modules: readonly GoModule[],
  report: Reporter,
  signal: AbortSignal | undefined,
): Promise<string> {
  const builds = moduleBuilds(modules);
  const target = builtFolder(modules);
  if (missingFiles(target, modules).length === 0) return target;
  await whileLocked(await waitForLock(cacheDir('build.lock'), report, signal), async () => {
    if (missingFiles(target, modules).length === 0) return;
    const missing = builds.filter((build) => missingFiles(build.target, [build.module]).length > 0);
    const kubernetes = builds.find(({ module }) => module === sandboxModules[0]);
    const kubectl = join(kubernetes?.target ?? '', 'kubectl');
    if (missing.length > 0) await buildModules(missing, kubectl, report, signal);
    linkTogether(builds, target);
  });
  return target;
}

/** Hard links to all files of all modules in one folder, which appears only when complete. */
function linkTogether(builds: readonly ModuleBuild[], target: string): void {
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(join(unfinished, 'manifests'), { recursive: true });
  for (const { module, target: folder } of builds) {
    for (const file of expectedFiles(module)) linkSync(join(folder, file), join(unfinished, file));
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(unfinished, target);
}

function missingFiles(folder: string, modules: readonly GoModule[]): string[] {
  return modules.flatMap(expectedFiles).filter((file) => !existsSync(join(folder, file)));
}

/** Changes with the Go module, its own sources and the way it is built. */
function moduleKey(module: GoModule): string {
  const folder = assetsDir('go', module.folder);
  const files = globSync('**/{go.mod,go.sum,*.go}', { cwd: folder }).sort();
  const contents = files.flatMap((file) => [file, readFileSync(join(folder, file), 'utf8')]);
  const how = JSON.stringify([module, BUILD_FLAGS, LINKER_FLAGS]);
  return `${module.name ?? module.folder}-${hashOf(how, process.arch, ...contents)}`;
}

function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
}

async function waitForLock(
  file: string,
  report: Reporter,
  signal?: AbortSignal,
): Promise<Disposable> {
  let lock = tryLock(file);
  if (lock === undefined)
    report.line('Another process is making the programs of the sandbox; waiting for it.');
  while (lock === undefined) {
    await sleep(500, undefined, { signal });
    lock = tryLock(file);
  }
  return lock;
}
