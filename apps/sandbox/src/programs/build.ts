import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { type GoModule, manifestFile } from './modules.js';
import { assetsDir } from '../paths.js';
import { signalGroup } from '../process-info.js';
import type { Reporter } from '../reporter.js';

/**
 * How every program is built, beside what its module says: without debugging information, and the
 * same wherever its sources are.
 */
export const BUILD_FLAGS = ['-buildvcs=false', '-trimpath'];
export const LINKER_FLAGS = ['-s', '-w'];

export const GO_MISSING =
  'The sandbox is not built yet and building it needs Go, which was not found: install Go 1.26 or newer from https://go.dev/dl and run this again.';

/** One Go module, and the folder that gets its programs and manifests. */
export interface ModuleBuild {
  module: GoModule;
  target: string;
}

/**
 * Builds the programs and renders the manifests of some modules; each target appears only when
 * complete.
 */
export async function buildModules(
  builds: readonly ModuleBuild[],
  kubectl: string,
  report: Reporter,
  signal?: AbortSignal,
): Promise<void> {
  if (!(await hasGo(signal))) throw new Error(GO_MISSING);
  report.line('Building the sandbox from its Go modules. This takes minutes, once.');
  const total = builds.reduce((sum, { module }) => sum + Object.keys(module.programs).length, 0);
  const progress = { report, total, built: 0, startedAt: Date.now(), signal };
  for (const { module, target } of builds) {
    const unfinished = `${target}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(join(unfinished, 'manifests'), { recursive: true });
    await buildPrograms(module, unfinished, progress);
    const own = join(unfinished, basename(kubectl));
    await renderManifests(module, unfinished, existsSync(own) ? own : kubectl, signal);
    rmSync(target, { recursive: true, force: true });
    renameSync(unfinished, target);
  }
}

/** Whether the machine can build. */
export async function hasGo(signal?: AbortSignal): Promise<boolean> {
  const { failed } = await execa('go', ['version'], { reject: false, cancelSignal: signal });
  signal?.throwIfAborted();
  return !failed;
}

interface Progress {
  report: Reporter;
  total: number;
  built: number;
  startedAt: number;
  signal: AbortSignal | undefined;
}

/** One `go build` for all programs of a module, so that they share their compile. */
async function buildPrograms(module: GoModule, folder: string, progress: Progress): Promise<void> {
  const output = join(folder, `go-${module.folder}`);
  mkdirSync(output);
  const linker = [...LINKER_FLAGS, ...(module.linkerFlags ?? [])].join(' ');
  const packages = Object.values(module.programs);
  progress.report.state(`  module ${module.folder}: fetching its sources`);
  const stale = ['list', '-deps', '-trimpath', '-f', '{{if .Stale}}{{.ImportPath}}{{end}}'];
  const toCompile = await go(module, [...stale, ...packages], progress.signal);
  const compiling = toCompile.split('\n').filter(Boolean).length;
  const names = new Map(
    Object.entries(module.programs).map(([name, path]) => [goName(path), name]),
  );
  const seen = new Set<string>();
  let compiled = 0;
  const show = () => {
    for (const file of readdirSync(output)) {
      const name = names.get(file);
      if (name === undefined || seen.has(name)) continue;
      seen.add(name);
      progress.built += 1;
      progress.report.line(
        `  ${progress.built} of ${progress.total}: ${name} (${elapsed(progress.startedAt)})`,
      );
    }
    progress.report.state(
      `  module ${module.folder}: ${compiled} of ${compiling} packages compiled, ${progress.built} of ${progress.total} programs built, ${elapsed(progress.startedAt)}`,
    );
  };
  const timer = setInterval(show, 1000);
  try {
    const flags = [...BUILD_FLAGS, '-v', '-o', `${output}/`, '-ldflags', linker];
    await go(module, ['build', ...flags, ...packages], progress.signal, (count) => {
      compiled += count;
    });
    show();
  } catch (error) {
    throw explain(error, module);
  } finally {
    clearInterval(timer);
  }
  for (const [file, name] of names) renameSync(join(output, file), join(folder, name));
  rmSync(output, { recursive: true });
}

async function renderManifests(
  module: GoModule,
  folder: string,
  kubectl: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [name, source] of Object.entries(module.manifests ?? {})) {
    const root = await go(module, ['list', '-m', '-f', '{{.Dir}}', source.module], signal);
    const kustomization = join(root, source.folder);
    const rendered = await execa(kubectl, ['kustomize', kustomization], { cancelSignal: signal });
    writeFileSync(join(folder, manifestFile(name)), rendered.stdout);
  }
}

/**
 * Runs go in a process group of its own, as cancelling has to end the compilers that it started.
 */
async function go(
  module: GoModule,
  args: string[],
  signal: AbortSignal | undefined,
  onLines: (count: number) => void = () => {},
): Promise<string> {
  signal?.throwIfAborted();
  const child = execa('go', args, {
    cwd: assetsDir('go', module.folder),
    env: { CGO_ENABLED: '0', GOWORK: 'off' },
    detached: true,
  });
  const cancel = () => child.pid !== undefined && signalGroup(child.pid, 'SIGINT');
  signal?.addEventListener('abort', cancel);
  child.stderr.on('data', (chunk: Buffer) => onLines(chunk.toString().split('\n').length - 1));
  try {
    return (await child).stdout;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/** The name that `go build` gives a program: the package's last element that is no version. */
function goName(path: string): string {
  return /^v\d+$/.test(basename(path)) ? basename(dirname(path)) : basename(path);
}

function explain(error: unknown, module: GoModule): unknown {
  if (!(error instanceof ExecaError)) return error;
  const tail = String(error.stderr).trimEnd().split('\n').slice(-15).join('\n');
  return new Error(`Building the Go module "${module.folder}" failed:\n${tail}`, { cause: error });
}

function elapsed(since: number): string {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}
