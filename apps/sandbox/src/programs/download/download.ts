import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import pMap from 'p-map';
import { parse } from 'yaml';
import { manifestFile } from '../modules.js';
import type { Reporter } from '../../reporter.js';
import { extract } from './archive.js';
import { DownloadFailure } from './download-failure.js';
import { imageProgram } from './image-program.js';
import type { ReleasedFile, ReleasedFolder, Releases } from './releases.js';
import { SourceOfFiles, type SourceOptions } from './source-of-files.js';

const AT_A_TIME = 4;
const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

export interface DownloadOptions extends Omit<SourceOptions, 'onProgress'> {
  report: Reporter;
}

/**
 * Downloads programs and manifests as their projects release them. The target appears only when
 * complete. What was downloaded before a failure is kept beside it, and not downloaded again.
 * @throws DownloadFailure
 */
export async function downloadReleases(
  releases: Releases,
  target: string,
  { report, ...options }: DownloadOptions,
): Promise<void> {
  const progress = new Progress(report);
  await using source = new SourceOfFiles({
    ...options,
    onProgress: (url, bytes, all) => progress.show(url, bytes, all),
  });
  const unfinished = `${target}.unfinished`;
  const kept = `${target}.downloads`;
  mkdirSync(join(unfinished, 'manifests'), { recursive: true, mode: 0o700 });
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  await pMap(
    Object.entries(releases.programs),
    async ([name, release]) => {
      const program = join(unfinished, name);
      if (existsSync(program)) return;
      const extracted = join(kept, name);
      if ('url' in release) await releasedProgram(source, release, kept, extracted);
      else await imageProgram(source, release, ARCHITECTURE, kept, extracted);
      chmodSync(extracted, 0o755);
      renameSync(extracted, program);
      report.line(`  ${name} is downloaded`);
    },
    { concurrency: AT_A_TIME },
  );
  for (const [name, folder] of Object.entries(releases.manifests)) {
    const files = await releasedFolder(source, folder, join(kept, name));
    const rendered = await execa(join(unfinished, 'kubectl'), ['kustomize', files]);
    writeFileSync(join(unfinished, manifestFile(name)), rendered.stdout);
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(unfinished, target);
  rmSync(kept, { recursive: true, force: true });
}

async function releasedProgram(
  source: SourceOfFiles,
  { url, sha256, member }: ReleasedFile,
  kept: string,
  target: string,
): Promise<void> {
  const digest = typeof sha256 === 'string' ? sha256 : await published(source, sha256, url);
  if (!member) return source.file(url, target, digest);
  const archive = join(kept, basename(url));
  await source.file(url, archive, digest);
  await extract(archive, member, target);
}

/** From a file with a digest alone, or with a line for each file: `digest  name`. */
async function published(
  source: SourceOfFiles,
  { publishedAt }: { publishedAt: string },
  url: string,
): Promise<string> {
  const text = await source.text(publishedAt);
  const lines = text.trim().split('\n');
  const line = lines.find((one) => one.endsWith(basename(url))) ?? lines[0];
  const [digest] = /^[0-9a-f]{64}\b/.exec(line ?? '') ?? [];
  if (digest) return digest;
  throw new DownloadFailure(`${publishedAt} has no sha256 of ${basename(url)}.`);
}

/** The kustomization and the files that it names, those of folders beside it too. */
async function releasedFolder(
  source: SourceOfFiles,
  { url, sha256 }: ReleasedFolder,
  target: string,
): Promise<string> {
  const files = new Map<string, string>();
  await readFolder(source, url, '.', files);
  const hash = createHash('sha256');
  for (const [path, text] of files) hash.update(`${path}\0${text}\0`);
  const digest = hash.digest('hex');
  if (digest !== sha256) {
    throw new DownloadFailure(`The files at ${url} have the sha256 ${digest}, not ${sha256}.`);
  }
  // Deep enough for folders beside it.
  const folder = join(target, 'one', 'two');
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

async function readFolder(
  source: SourceOfFiles,
  url: string,
  path: string,
  files: Map<string, string>,
): Promise<void> {
  const own = join(path, 'kustomization.yaml');
  const text = await source.text(new URL(own, `${url}/`).href);
  files.set(own, text);
  const { resources = [] } = parse(text) as { resources?: string[] };
  for (const resource of resources) {
    const at = join(path, resource);
    if (!resource.endsWith('.yaml')) await readFolder(source, url, at, files);
    else files.set(at, await source.text(new URL(at, `${url}/`).href));
  }
}

/** How much is there of the files that have begun. */
class Progress {
  private readonly files = new Map<string, readonly [bytes: number, all: number]>();

  constructor(private readonly report: Reporter) {}

  show(url: string, ...count: readonly [bytes: number, all: number]): void {
    this.files.set(url, count);
    const counts = [...this.files.values()];
    const sum = (at: 0 | 1) => Math.round(counts.reduce((all, one) => all + one[at], 0) / 1e6);
    this.report.state(`  ${sum(0)} of ${sum(1)} MB downloaded`);
  }
}
